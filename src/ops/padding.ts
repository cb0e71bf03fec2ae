/** What PAD, PADV2 and MIRROR_PAD share: a constant [before, after] for each dimension. */
import { inputTensor, optionalInput } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { exportAgain } from './checks.js';
import { integersOf } from './constant_operand.js';
import type { OpProblem } from './op.js';

type PaddingOp = Op<'PAD'> | Op<'PADV2'> | Op<'MIRROR_PAD'>;

/** Undefined when the operand is not such a constant. */
export function paddingsOf(op: PaddingOp, graph: Graph): readonly (readonly [number, number])[] | undefined {
  const values = integersOf(op as Op, graph, 1);
  const rank = inputTensor(graph, op as Op).shape.length;
  if (values?.length !== 2 * rank) return undefined;
  return Array.from({ length: rank }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}

export function paddedShape(op: PaddingOp, graph: Graph): Shape {
  const { shape } = inputTensor(graph, op as Op);
  return paddingsOf(op, graph)!.map(([before, after], i) => before + shape[i]! + after);
}

export function paddingProblems(op: PaddingOp, graph: Graph): OpProblem[] {
  const paddings = optionalInput(graph, op as Op, 1);
  if (!paddings?.data) {
    const message = 'its paddings are computed in the model';
    return [{ code: 'not-constant', message, hint: 'Make the paddings a constant.' }];
  }
  const pairs = paddingsOf(op, graph);
  if (!pairs) {
    const rank = inputTensor(graph, op as Op).shape.length;
    const message = `has ${paddings.dtype} paddings [${paddings.shape}], not int32 [${rank},2]`;
    return [{ code: 'op-shape', message, hint: exportAgain }];
  }
  if (pairs.every((pair) => pair.every((n) => n >= 0))) return [];
  return [{ code: 'op-range', message: `has negative paddings: ${[...paddings.data]}`, hint: exportAgain }];
}
