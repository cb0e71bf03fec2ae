/**
 * Shapes that a file leaves open, as converters do that were not told the batch: behind an input of a known shape the operators
 * decide them.
 */
import { type Diagnostic, error } from '../../diagnostics.js';
import { byteSize, elementCount } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Shape, Tensor } from '../../graph/graph.js';
import { definitionOf } from '../../ops/registry.js';

/** Beyond this a shape is a mistake, not a layer: no microcontroller has the memory. */
export const maxTensorBytes = 2 ** 28;

/** By tensor the axes whose length is not known; the tensor's shape has a stand-in there. */
export type OpenShapes = Map<number, readonly number[]>;

/** @param open what gets a shape is taken out */
export function settleShapes(graph: Graph, open: OpenShapes): Graph {
  if (open.size === 0) return graph;
  const tensors = [...graph.tensors];
  for (const op of graph.ops) {
    if (!op.outputs.some((t) => open.has(t)) || op.inputs.some((t) => open.has(t))) continue;
    for (const [t, tensor] of outputsOf(op, { ...graph, tensors }, open) ?? []) {
      tensors[t] = tensor;
      open.delete(t);
    }
  }
  return { ...graph, tensors };
}

/** Undefined where the op does not say, or says what cannot be. */
function outputsOf(op: AnyOp, graph: Graph, open: OpenShapes): Map<number, Tensor> | undefined {
  const mentioned = [...op.inputs.filter((t) => t !== -1), ...op.outputs];
  if (op.type === 'UNSUPPORTED' || mentioned.some((t) => !graph.tensors[t])) return undefined;
  const definition = definitionOf(op as Op);
  try {
    const shapes = op.type === 'RESHAPE' ? [reshaped(op, graph, open)] : definition.infer(op as Op, graph);
    const outputs = new Map(op.outputs.map((t, i) => [t, { ...graph.tensors[t]!, shape: shapes[i]! }]));
    if (![...outputs.values()].every(isSound)) return undefined;
    const tensors = graph.tensors.map((tensor, t) => outputs.get(t) ?? tensor);
    return definition.check(op as Op, { ...graph, tensors }).length === 0 ? outputs : undefined;
  } catch {
    // `infer` need not know of operands that do not fit.
    return undefined;
  }
}

function isSound(tensor: Tensor): boolean {
  const counts = tensor.shape.every((d) => Number.isInteger(d) && d > 0);
  return counts && byteSize(tensor) <= maxTensorBytes && !tensor.data;
}

/** A RESHAPE has its output's shape, of which one axis can be told from the number of elements. */
function reshaped(op: AnyOp, { tensors }: Graph, open: OpenShapes): Shape {
  const [from, to] = [tensors[op.inputs[0]!]!.shape, tensors[op.outputs[0]!]!.shape];
  const [axis, more] = open.get(op.outputs[0]!) ?? [];
  if (axis === undefined || more !== undefined) return to;
  return to.map((d, i) => (i === axis ? (elementCount(from) / elementCount(to)) * d : d));
}

/** What is still open. */
export function openProblems({ tensors }: Graph, open: OpenShapes, file: string | undefined): Diagnostic[] {
  return [...open].map(([index, axes]) => {
    const { name, shape } = tensors[index]!;
    const shown = shape.map((d, axis) => (axes.includes(axis) ? '?' : d)).join(', ');
    return error(
      'dynamic-shape',
      `has the shape [${shown}], known only when the model runs`,
      'Export the model with a fixed input shape (batch 1).',
      { file, tensor: { index, name } },
    );
  });
}
