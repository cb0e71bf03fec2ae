/** Ops that give the same in every inference, and what they give. */
import { allocate, byteSize, elementCount } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor, TensorData } from '../graph/graph.js';
import { definitionOf } from '../ops/registry.js';

/** They look at their input's shape alone. */
const ofShape: readonly AnyOp['type'][] = ['SHAPE', 'ZEROS_LIKE'];

/** Bytes of all that is computed at once: no microcontroller has more flash, and a damaged file may ask for anything. */
const most = 2 ** 24;

/** What an index out of range names. */
const nothing = { dtype: 'int8', shape: [0] } as const;

/** Ops all of whose inputs are constants or come from such ops. State is no constant, nor is what touches a tensor of an open shape. The graph need not be sound. */
export function constantOps(graph: Graph, open: ReadonlyMap<number, unknown> = new Map()): AnyOp[] {
  const known = new Set(graph.tensors.flatMap((tensor, t) => (tensor.data ? [t] : [])));
  return graph.ops.filter((op) => {
    const constant = ofShape.includes(op.type) || op.inputs.every((t) => t === -1 || known.has(t));
    if (!constant || op.type === 'UNSUPPORTED' || op.inputs.length === 0) return false;
    if (open.size > 0 && [...op.inputs, ...op.outputs].some((t) => open.has(t))) return false;
    for (const t of op.outputs) known.add(t);
    return true;
  });
}

/** Of `ops`, in their order, those that it takes to compute the tensors. */
export function opsBehind(ops: readonly AnyOp[], tensors: readonly number[]): AnyOp[] {
  const needed = new Set(tensors);
  return [...ops]
    .reverse()
    .filter((op) => {
      if (!op.outputs.some((t) => needed.has(t))) return false;
      for (const t of op.inputs) needed.add(t);
      return true;
    })
    .reverse();
}

/**
 * The tensors of the graph with the outputs of these ops, in execution order, as constants; undefined where one of the ops
 * cannot be computed, gives NaN, whose sign is the machine's, or all of them take more than anyone could use.
 *
 * @param options.keepNaN where nobody sees more of a NaN than that it is one
 */
export function withValues(
  graph: Graph,
  ops: readonly AnyOp[],
  { keepNaN = false } = {},
): Tensor[] | undefined {
  const size = ops.flatMap((op) => op.outputs).reduce((n, t) => n + byteSize(graph.tensors[t] ?? nothing), 0);
  if (size > most) return undefined;
  const tensors = [...graph.tensors];
  const known = { ...graph, tensors };
  for (const op of ops) {
    const values = valuesOf(op, known);
    if (!values || (!keepNaN && values.some(hasNaN))) return undefined;
    op.outputs.forEach((t, i) => {
      tensors[t] = { ...tensors[t]!, data: values[i]! };
    });
  }
  return tensors;
}

function valuesOf(op: AnyOp, graph: Graph): TensorData[] | undefined {
  const definition = definitionOf(op as Op);
  const mentioned = [...op.inputs.filter((t) => t !== -1), ...op.outputs];
  if (mentioned.some((t) => !graph.tensors[t]) || definition.check(op as Op, graph).length > 0)
    return undefined;
  const outputs = op.outputs.map((t) => graph.tensors[t]!);
  const shapes = definition.infer(op as Op, graph);
  if (outputs.some(({ shape }, i) => shape.join() !== shapes[i]?.join())) return undefined;
  const memory: TensorData[] = [];
  for (const t of op.inputs) {
    // Whose shape alone counts has no values.
    const data = t === -1 || ofShape.includes(op.type) ? allocate('int8', 0) : graph.tensors[t]!.data;
    if (!data) return undefined;
    if (t !== -1) memory[t] = data;
  }
  op.outputs.forEach((t, i) => {
    memory[t] = allocate(outputs[i]!.dtype, elementCount(outputs[i]!.shape));
  });
  definition.simulate(op as Op, graph, memory)();
  return op.outputs.map((t) => memory[t]!);
}

function hasNaN(data: TensorData): boolean {
  return data instanceof Float32Array && data.some(Number.isNaN);
}
