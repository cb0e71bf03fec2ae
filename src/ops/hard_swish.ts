/**
 * HARD_SWISH: x · clamp(x + 3, 0, 6) / 6. int8 in int16 fixed point, with multipliers of 16 bits that are formed in
 * float32. TFLM: kernels/hard_swish_common.cc, reference/hard_swish.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { saturatingRoundingDoublingHighMul16 } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { quantizeAgain } from './checks.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type HardSwishAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    HARD_SWISH: HardSwishAttributes;
  }
}

const f = Math.fround;

/** Real 3 is 2^15 on the scale of the gate. */
const gateScale = f(3 / 32768);

/** DownScaleInt32ToInt16Multiplier. */
function downScaled({ multiplier, shift }: QuantizedMultiplier): QuantizedMultiplier {
  const rounded = multiplier >= 0x7fffffff - 0x8000 ? 32767 : (multiplier + 0x8000) >> 16;
  return { multiplier: rounded, shift };
}

/** The output's and the gate's multipliers for the input times 128. */
function multipliers(op: Op<'HARD_SWISH'>, graph: Graph) {
  const input = f(scaleOf(inputTensor(graph, op)) / 128);
  return {
    output: downScaled(quantizeMultiplier(f(input / scaleOf(outputTensor(graph, op))))),
    gate: downScaled(quantizeMultiplier(f(input / gateScale))),
  };
}

function toInt16(x: number): number {
  return (x << 16) >> 16;
}

function saturatingLeftShift(x: number, by: number): number {
  return clamp(x * 2 ** by, -32768, 32767);
}

/** gemmlowp's RoundingDivideByPOT on int16, whose mask is all ones from an exponent of 16 on. */
function roundingDivideByPOT16(x: number, exponent: number): number {
  const mask = toInt16((1 << exponent) - 1);
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/** −1 … 1 as Q0.15, the input over 3. */
function gateOf(x: number, { multiplier, shift }: QuantizedMultiplier): number {
  if (shift <= 0) return roundingDivideByPOT16(saturatingRoundingDoublingHighMul16(x, multiplier), -shift);
  const shifted = saturatingRoundingDoublingHighMul16(saturatingLeftShift(x, shift - 1), multiplier);
  return saturatingLeftShift(shifted, 1);
}

export const { definition: hardSwish, parameters: hardSwishParameters } = elementwise({
  type: 'HARD_SWISH',
  check(op, graph, dtype) {
    if (dtype === 'float32') return [];
    const [input, output] = [scaleOf(inputTensor(graph, op)), scaleOf(outputTensor(graph, op))];
    const problem = (message: string) => ({ code: 'quantization', message, hint: quantizeAgain });
    const { output: toOutput, gate } = multipliers(op, graph);
    return [
      ...(toOutput.shift > 0
        ? [problem(`has the input scale ${input}, over 128 times ${output}, its output's`)]
        : []),
      ...(gate.shift > 31 ? [problem(`has the input scale ${input}, too large for its fixed point`)] : []),
    ];
  },
  int8(op, graph) {
    const { output, gate } = multipliers(op, graph);
    const [from, to] = [zeroPointOf(inputTensor(graph, op)), zeroPointOf(outputTensor(graph, op))];
    return (q) => {
      const x = (q - from) * 128;
      const value = saturatingRoundingDoublingHighMul16(x, output.multiplier);
      const half = (gateOf(x, gate) + 32768) >> 1;
      // SaturatingDoublingHighMul does not round.
      const gated = Math.trunc((half * value) / 32768);
      return clamp(toInt16(roundingDivideByPOT16(gated, -output.shift) + to), -128, 127);
    };
  },
  float32: () => (x) => f(f(x * Math.min(6, Math.max(0, f(x + 3)))) / 6),
});
