/**
 * Transposes move along the graph, through ops that may as well be computed on transposed tensors, to where they cancel out or
 * have the fewest bytes to move. Which ops are to be computed transposed is a cheapest cut: what lies on one side of it is, and
 * each tensor that it cuts is transposed once.
 */
import { byteSize, isState } from '../graph/access.js';
import type { AnyOp, Graph, Op } from '../graph/graph.js';
import { uniqueNames } from '../graph/names.js';
import { permutationOf } from '../ops/transpose.js';
import { appendAxes, cancelTransposes, inverse, keepsOrder, type Permutation } from './cancel_transposes.js';
import { foldReshape } from './fold_reshape.js';
import { type Edge, minimumCut } from './minimum_cut.js';
import { removeDeadOps } from './remove_dead_ops.js';
import { type TransposedOp, transposedOp } from './transposed_op.js';

export function moveTransposes(graph: Graph): Graph {
  const orders = new Map<string, Permutation>();
  for (const op of graph.ops) {
    if (op.type !== 'TRANSPOSE') continue;
    const axes = permutationOf(op as Op<'TRANSPOSE'>, graph);
    // Ops behind a TRANSPOSE may go before it, and those before it behind.
    for (const order of [inverse(axes), axes]) orders.set(order.join(), order);
  }
  for (const axes of orders.values()) {
    const movable = new Map<AnyOp, TransposedOp>();
    for (const o of graph.ops) {
      const transposed = transposedOp(o, graph, axes);
      if (transposed) movable.set(o, transposed);
    }
    const chosen = cheapest(graph, movable, axes);
    if (chosen.size === 0) continue;
    const moved = removeDeadOps(foldReshape(cancelTransposes(transposeAround(graph, chosen, axes))));
    if (bytesMoved(moved) < bytesMoved(graph)) return moveTransposes(moved);
  }
  return graph;
}

function bytesMoved({ ops, tensors }: Graph): number {
  const moved = ops.filter((op) => op.type === 'TRANSPOSE').map((op) => byteSize(tensors[op.outputs[0]!]!));
  return moved.reduce((sum, bytes) => sum + bytes, 0);
}

const [transposedSide, plainSide] = [0, 1];

/** The movable ops that are to be computed on tensors transposed by `axes`; the others stay as they are. */
function cheapest(
  graph: Graph,
  movable: ReadonlyMap<AnyOp, TransposedOp>,
  axes: Permutation,
): Map<AnyOp, TransposedOp> {
  const nodes = new Map([...movable.keys()].map((op, i) => [op, i + 2]));
  let next = nodes.size + 2;
  const edges: Edge[] = [];
  const writers = new Map(graph.ops.flatMap((op) => op.outputs.map((t) => [t, op] as const)));
  const readers = new Map<number, AnyOp[]>();
  for (const op of graph.ops) for (const t of op.inputs) readers.set(t, [...(readers.get(t) ?? []), op]);
  const permutes = (op: AnyOp | undefined, by: Permutation) =>
    op?.type === 'TRANSPOSE' && permutationOf(op as Op<'TRANSPOSE'>, graph).join() === by.join();

  graph.tensors.forEach((tensor, t) => {
    if (tensor.data || isState(tensor) || tensor.shape.length !== axes.length) return;
    const writer = writers.get(t);
    const transposes = writer && movable.get(writer)?.outputs;
    const undone = permutes(writer, inverse(axes)) && !isState(graph.tensors[writer!.inputs[0]!]!);
    const from = transposes ? nodes.get(writer!)! : undone ? transposedSide : plainSide;
    const to = (readers.get(t) ?? []).flatMap((op) => {
      if (permutes(op, axes)) return [transposedSide];
      // One that transposes otherwise takes either.
      if (op.type === 'TRANSPOSE') return [];
      const takes = movable.get(op)?.inputs.some((i) => op.inputs[i] === t);
      return [takes ? nodes.get(op)! : plainSide];
    });
    if (graph.outputs.includes(t)) to.push(plainSide);
    const cost = keepsOrder(tensor.shape, axes) ? 0 : byteSize(tensor);
    // The tensor is paid for once, however many read it on the other side.
    const [read, written] = [next++, next++];
    edges.push({ from, to: read, cost }, { from: written, to: from, cost });
    for (const node of to) {
      edges.push({ from: read, to: node, cost: Infinity }, { from: node, to: written, cost: Infinity });
    }
  });
  const cut = minimumCut(edges, transposedSide, plainSide);
  return new Map([...movable].filter(([op]) => cut.has(nodes.get(op)!)));
}

/** Each of the ops between transposes by `axes` and back, most of which cancel out. */
function transposeAround(graph: Graph, chosen: ReadonlyMap<AnyOp, TransposedOp>, axes: Permutation): Graph {
  const tensors = [...graph.tensors];
  const [name, opName] = [uniqueNames(), uniqueNames()];
  for (const tensor of tensors) name(tensor.name);
  for (const op of graph.ops) opName(op.name);
  const there = appendAxes(tensors, name(`${graph.name}_axes`), axes);
  const back = appendAxes(tensors, name(`${graph.name}_axes`), inverse(axes));
  const append = (t: number) => {
    // A constant is transposed by the op that writes it anew, for other passes to compute.
    const { name: old, shape, data, ...rest } = tensors[t]!;
    const moved = axes.map((axis) => shape[axis]!);
    return tensors.push({ ...rest, name: name(`${old}_transposed`), shape: moved }) - 1;
  };
  const transpose = (what: string, from: number, to: number, by: number): AnyOp => ({
    type: 'TRANSPOSE',
    name: opName(what),
    inputs: [from, by],
    outputs: [to],
    attributes: {},
  });
  const transposed = new Map<number, number>();
  const ops = graph.ops.flatMap((op): AnyOp[] => {
    const form = chosen.get(op);
    if (!form) return [op];
    const before = form.inputs.flatMap((i) => {
      const t = op.inputs[i]!;
      if (transposed.has(t)) return [];
      transposed.set(t, append(t));
      return [transpose(`${op.name}_input`, t, transposed.get(t)!, there)];
    });
    const inputs = op.inputs.map((t, i) => {
      const replaced = form.constants.get(i);
      if (!replaced) return form.inputs.includes(i) ? transposed.get(t)! : t;
      return tensors.push({ ...replaced, name: name(`${replaced.name}_transposed`) }) - 1;
    });
    const outputs = form.outputs ? op.outputs.map(append) : op.outputs;
    const after = form.outputs
      ? op.outputs.map((t, i) => transpose(`${op.name}_output`, outputs[i]!, t, back))
      : [];
    return [...before, { ...op, inputs, outputs, attributes: form.attributes } as AnyOp, ...after];
  });
  return { ...graph, tensors, ops };
}
