/** What a rule of coupling.ts can say of an op's channels, and the two things that most of them say. */
import type { AnyOp, Graph } from '../../graph/graph.js';

/** One axis of one tensor, activation or constant. */
export interface Axis {
  readonly tensor: number;
  readonly axis: number;
}

/** What a rule can say. */
export interface Coupler {
  /** Channel i of one goes with channel i of the other; of unequal axes, as a reshape lays one over the other. */
  unite(a: Axis, b: Axis): void;
  /** Channel i of the first goes with channel `of(i)` of the other. */
  match(a: Axis, b: Axis, of: (i: number) => number): void;
  /** All channels stay. */
  fix(a: Axis): void;
  /** The op's filters lie along this axis of its weights. */
  produce(a: Axis): void;
}

export function lastAxis(graph: Graph, tensor: number): Axis {
  return { tensor, axis: graph.tensors[tensor]!.shape.length - 1 };
}

/** Every activation that the op reads or writes keeps its channels. */
export function fixAll(op: AnyOp, graph: Graph, { fix }: Coupler): void {
  for (const t of [...op.inputs, ...op.outputs]) if (t >= 0) fix(lastAxis(graph, t));
}

export function sameChannels(op: AnyOp, graph: Graph, { unite }: Coupler): void {
  unite(lastAxis(graph, op.inputs[0]!), lastAxis(graph, op.outputs[0]!));
}

export function lengthOf(graph: Graph, { tensor, axis }: Axis): number {
  return graph.tensors[tensor]!.shape[axis] ?? 1;
}
