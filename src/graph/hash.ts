/**
 * The identity of a model: equal for graphs that compute the same thing the same way, whatever file they came
 * from and whatever their tensors are called. Firmware carries it and `validate` compares it first.
 */
import { createHash } from 'node:crypto';
import type { Graph, Tensor } from './graph.js';

/** 16 hex digits of a SHA-256 over ops, attributes, shapes, dtypes, quantization and constants. */
export function hashGraph(graph: Graph): string {
  // Numbering by first use, so that unused tensors and the order of the list do not count.
  const numbers = new Map<number, number>();
  const hash = createHash('sha256');
  const write = (value: unknown) => hash.update(`${JSON.stringify(value)}\n`);
  const use = (t: number): number => {
    const known = t < 0 ? -1 : numbers.get(t);
    if (known !== undefined) return known;
    numbers.set(t, numbers.size);
    writeTensor(graph.tensors[t], write, (bytes) => hash.update(bytes));
    return numbers.size - 1;
  };
  write(['inputs', graph.inputs.map(use)]);
  for (const op of graph.ops) {
    write([op.type, sorted(op.attributes), op.inputs.map(use), op.outputs.map(use)]);
  }
  write(['outputs', graph.outputs.map(use)]);
  return hash.digest('hex').slice(0, 16);
}

function writeTensor(
  tensor: Tensor | undefined,
  write: (v: unknown) => void,
  raw: (b: Uint8Array) => void,
): void {
  if (!tensor) {
    write('missing');
    return;
  }
  const { dtype, shape, quantization: q, data, initial } = tensor;
  // Scales are float32: their shortest decimal form in double is exact.
  write([
    dtype,
    shape,
    q && [[...q.scale], [...q.zeroPoint], q.scale.length > 1 ? q.axis : 0],
    data?.length ?? null,
    ...(initial ? ['state'] : []),
  ]);
  const values = data ?? initial;
  if (values) raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Attributes with their keys in order, so that spelling order does not count. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, v]) => [key, sorted(v)]);
}
