/**
 * A TRANSPOSE of a TRANSPOSE is one of what the first one reads. Those that leave the values in their order, such as a pair that
 * cancels out or one that only moves axes of length 1, become a RESHAPE.
 */
import { elementCount, isState } from '../graph/access.js';
import type { AnyOp, Graph, Op, Shape, Tensor } from '../graph/graph.js';
import { uniqueNames } from '../graph/names.js';
import { permutationOf } from '../ops/transpose.js';
import { asReshape } from './fold_reshape.js';

/** Which axis of the input each axis of the output is. */
export type Permutation = readonly number[];

export function cancelTransposes(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const name = uniqueNames();
  for (const tensor of tensors) name(tensor.name);
  /** Of a transposed tensor, what it was transposed from and how. */
  const origins = new Map<number, { readonly source: number; readonly axes: Permutation }>();
  const ops = graph.ops.map((op): AnyOp => {
    if (op.type !== 'TRANSPOSE') return op;
    const input = op.inputs[0]!;
    const own = permutationOf(op as Op<'TRANSPOSE'>, graph);
    const before = origins.get(input);
    const source = before?.source ?? input;
    const axes = before ? composed(before.axes, own) : own;
    // State may be written before the next TRANSPOSE reads it.
    if (!isState(tensors[source]!)) origins.set(op.outputs[0]!, { source, axes });
    if (keepsOrder(tensors[source]!.shape, axes)) return asReshape(op, source);
    if (!before) return op;
    return { ...op, inputs: [source, appendAxes(tensors, name(`${op.name}_axes`), axes)] } as AnyOp;
  });
  return ops.every((op, i) => op === graph.ops[i]) ? graph : { ...graph, tensors, ops };
}

/** First one, then the other. */
export function composed(first: Permutation, then: Permutation): Permutation {
  return then.map((axis) => first[axis]!);
}

export function inverse(axes: Permutation): Permutation {
  return axes.map((_, axis) => axes.indexOf(axis));
}

/** The values lie in memory as before: no axis longer than 1 has passed another. */
export function keepsOrder(shape: Shape, axes: Permutation): boolean {
  if (elementCount(shape) === 0) return true;
  const long = axes.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
}

/** @returns the index of the constant that it appends */
export function appendAxes(tensors: Tensor[], name: string, axes: Permutation): number {
  const data = Int32Array.from(axes);
  return tensors.push({ name, dtype: 'int32', shape: [data.length], data }) - 1;
}
