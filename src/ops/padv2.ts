/**
 * PADV2: PAD with a value of the op's own, constant or computed. TFLM: kernels/pad.cc, pad_common.cc, reference/pad.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { quantizeAgain } from './checks.js';
import { shapeProblem } from './constant_operand.js';
import { fillMove, loopsOf, movingOperator, stridesOf } from './movement.js';
import type { OpProblem } from './op.js';
import { paddedShape, paddingProblems, paddingsOf } from './padding.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type Padv2Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    PADV2: Padv2Attributes;
  }
}

/** The value is neither scaled nor moved: an int8 one has the output's parameters. */
function valueProblems(op: Op<'PADV2'>, graph: Graph): OpProblem[] {
  const [input, value, output] = [inputTensor(graph, op), inputTensor(graph, op, 2), outputTensor(graph, op)];
  if (value.dtype !== input.dtype) return [shapeProblem(`pads ${input.dtype} with ${value.dtype}`)];
  if (value.data?.length !== 1 && value.shape.some((d) => d !== 1)) {
    return [shapeProblem(`pads with a value of the shape [${value.shape}], not a scalar`)];
  }
  const same = scaleOf(value) === scaleOf(output) && zeroPointOf(value) === zeroPointOf(output);
  if (input.dtype !== 'int8' || same) return [];
  const message = `its value "${value.name}" has another scale or zero point than its output`;
  return [{ code: 'quantization', message, hint: quantizeAgain }];
}

export const padv2 = movingOperator({
  type: 'PADV2',
  inputs: { min: 3, max: 3 },
  problems: (op, graph) => [...paddingProblems(op, graph), ...valueProblems(op, graph)],
  infer: (op, graph) => [paddedShape(op, graph)],
  moves(op, graph) {
    const [{ shape: input }, { shape: output }] = [inputTensor(graph, op), outputTensor(graph, op)];
    const strides = stridesOf(output);
    const to = paddingsOf(op, graph)!.reduce((n, [before], axis) => n + before * strides[axis]!, 0);
    const loops = loopsOf(input, stridesOf(input), strides);
    return [fillMove({ input: 2 }, output), { source: { input: 0 }, output: 0, from: 0, to, loops }];
  },
});
