/** Operands that decide an op's shape or loops, and so have to be known when the model is compiled: axes, sizes, shapes. */
import { optionalInput } from '../graph/access.js';
import type { Graph, Op, OpType } from '../graph/graph.js';
import { exportAgain } from './checks.js';
import type { OpProblem } from './op.js';

/** The values of an integer constant; undefined where there is none. */
export function integersOf<T extends OpType>(op: Op<T>, graph: Graph, i: number): number[] | undefined {
  const tensor = optionalInput(graph, op, i);
  const integer = tensor?.dtype === 'int32' || tensor?.dtype === 'int64';
  return integer && tensor.data ? Array.from(tensor.data, Number) : undefined;
}

/** @param length how many values there have to be, any number unless given */
export function integerProblems<T extends OpType>(
  op: Op<T>,
  graph: Graph,
  i: number,
  { what, length }: { readonly what: string; readonly length?: number },
): OpProblem[] {
  const tensor = optionalInput(graph, op, i);
  if (!tensor) return [{ code: 'op-inputs', message: `lacks its ${what}`, hint: exportAgain }];
  if (!tensor.data) {
    const message = `its ${what} is computed in the model`;
    return [{ code: 'not-constant', message, hint: `Make the ${what} a constant.` }];
  }
  const values = integersOf(op, graph, i);
  if (values && (length === undefined || values.length === length)) return [];
  const wanted = length === undefined ? 'int32' : `${length} int32`;
  const message = `its ${what} is ${tensor.dtype} [${tensor.shape}], not ${wanted}`;
  return [{ code: 'op-shape', message, hint: exportAgain }];
}

/** From 0; undefined when a shape of that rank has no such axis. Negative ones count from the last axis. */
export function axisOf(axis: number | undefined, rank: number): number | undefined {
  return axis !== undefined && Number.isInteger(axis) && axis >= -rank && axis < rank
    ? (axis + rank) % rank
    : undefined;
}

export function rangeProblem(message: string): OpProblem {
  return { code: 'op-range', message, hint: exportAgain };
}

export function shapeProblem(message: string): OpProblem {
  return { code: 'op-shape', message, hint: exportAgain };
}
