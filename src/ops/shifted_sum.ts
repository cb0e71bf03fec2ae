/**
 * What ADD_N and CUMSUM of int8 share: every value is scaled to twice the inputs' scale, shifted up by 20 bits, which is exactly
 * q · 2^19; the sum of that in 32 bits, which wrap, is scaled to the output. TFLM's sum does not begin with 0 but with
 * −(zero point), so that outputs are off by that much of the input's scale, and
 * `quantize` has neither of them in int8. TFLM: reference/add_n.h, reference/cumsum.h.
 */
import { scaleOf, zeroPointOf } from '../graph/access.js';
import type { Tensor } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { quantizationProblems, quantizeAgain } from './checks.js';
import type { OpProblem } from './op.js';

/** q = clamp(((sum · 2^19) mod 2^32) · multiplier · 2^(shift − 31) + outputOffset), shift ≤ 0. */
export interface ShiftedSum extends QuantizedMultiplier {
  /** −(zero point): added to each value, and what the sum begins with. */
  readonly inputOffset: number;
  readonly outputOffset: number;
}

/** In double, as QuantizeMultiplierSmallerThanOneExp takes it. */
function realMultiplier(input: Tensor, output: Tensor): number {
  return (2 * scaleOf(input)) / (2 ** 20 * scaleOf(output));
}

export function shiftedSum(input: Tensor, output: Tensor): ShiftedSum {
  return {
    inputOffset: 0 - zeroPointOf(input),
    outputOffset: zeroPointOf(output),
    ...quantizeMultiplier(realMultiplier(input, output)),
  };
}

/** @param sum of q + inputOffset over all values, and once more inputOffset */
export function shiftedSumOutput(sum: number, { multiplier, shift, outputOffset }: ShiftedSum): number {
  return clamp(multiplyByQuantizedMultiplier(sum << 19, multiplier, shift) + outputOffset, -128, 127);
}

export function shiftedSumProblems(input: Tensor, output: Tensor): OpProblem[] {
  const problems = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
  if (problems.length > 0) return problems;
  const real = realMultiplier(input, output);
  if (real < 1 && quantizeMultiplier(real).shift <= 0) return [];
  const message = `has an output scale too fine for its inputs: the output multiplier is ${real}, not below 1`;
  return [{ code: 'quantization', message, hint: quantizeAgain }];
}
