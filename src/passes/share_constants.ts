/** Constants of the same values, type, shape and scales are one, so that ops which read them are seen to be alike. */
import type { AnyOp, Graph, Tensor, TensorData } from '../graph/graph.js';

export function shareConstants(graph: Graph): Graph {
  const read = new Set(graph.ops.flatMap((op) => op.inputs));
  const kinds = new Map<string, number[]>();
  const shared = new Map<number, number>();
  graph.tensors.forEach((tensor, t) => {
    if (!tensor.data || !read.has(t)) return;
    const kind = kindOf(tensor);
    const others = kinds.get(kind) ?? [];
    kinds.set(kind, others);
    const same = others.find((other) => sameBytes(graph.tensors[other]!.data!, tensor.data!));
    if (same === undefined) others.push(t);
    else shared.set(t, same);
  });
  if (shared.size === 0) return graph;
  const ops = graph.ops.map((op) => {
    if (!op.inputs.some((t) => shared.has(t))) return op;
    return { ...op, inputs: op.inputs.map((t) => shared.get(t) ?? t) } as AnyOp;
  });
  return { ...graph, ops };
}

function kindOf({ dtype, shape, quantization: q }: Tensor): string {
  return JSON.stringify([dtype, shape, q && [[...q.scale], [...q.zeroPoint], q.axis]]);
}

function sameBytes(a: TensorData, b: TensorData): boolean {
  if (a === b) return true;
  const bytes = ({ buffer, byteOffset, byteLength }: TensorData) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
}
