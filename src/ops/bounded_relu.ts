/**
 * What RELU_N1_TO_1 and RELU_0_TO_1 share: rescaled to the output where quantized, then clamped between two reals. TFLM
 * has neither; TFLite: kernels/activations.cc, which forms the quotient of the scales in float32 as for RELU.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { activationFunctionWithMinMax, tfLiteRound } from '../numerics/rounding.js';
import { multiplierProblems, quantizeAgain, typeRange } from './checks.js';
import { type Elementwise, elementwise } from './elementwise.js';
import { requantizeValue } from './quantize.js';

type BoundedReluType = 'RELU_N1_TO_1' | 'RELU_0_TO_1';

export function boundedRelu<T extends BoundedReluType>(type: T, bounds: Range): Elementwise<T, never> {
  const realMultiplier = (op: Op<T>, graph: Graph) =>
    Math.fround(scaleOf(inputTensor(graph, op)) / scaleOf(outputTensor(graph, op)));
  const rangeOf = (op: Op<T>, graph: Graph): Range => {
    const output = outputTensor(graph, op);
    const quantized = (v: number) => zeroPointOf(output) + tfLiteRound(Math.fround(v / scaleOf(output)));
    const { min, max } = typeRange('int8');
    return { min: Math.max(min, quantized(bounds.min)), max: Math.min(max, quantized(bounds.max)) };
  };
  return elementwise<T>({
    type,
    check(op, graph, dtype) {
      if (dtype === 'float32') return [];
      const real = realMultiplier(op, graph);
      const { min, max } = rangeOf(op, graph);
      const message = 'its output cannot hold any value that it lets through';
      return [
        ...multiplierProblems(real, quantizeMultiplier(real).shift),
        ...(min > max ? [{ code: 'quantization', message, hint: quantizeAgain }] : []),
      ];
    },
    int8(op, graph) {
      const p = {
        inputZeroPoint: zeroPointOf(inputTensor(graph, op)),
        outputZeroPoint: zeroPointOf(outputTensor(graph, op)),
        range: rangeOf(op, graph),
        ...quantizeMultiplier(realMultiplier(op, graph)),
      };
      return (q) => requantizeValue(p, q);
    },
    float32: () => (x) => activationFunctionWithMinMax(x, bounds.min, bounds.max),
  });
}
