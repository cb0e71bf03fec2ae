/**
 * What LOGISTIC and TANH share. int8 by gemmlowp's functions in Q4.27, saturated beyond what those hold; int16 by an
 * interpolated table. TFLM: kernels/logistic_common.cc, kernels/tanh.cc, reference/integer_ops/logistic.h and tanh.h.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Tensor } from '../graph/graph.js';
import { checkedLog2 } from '../numerics/checked_log2.js';
import { multiplyByQuantizedMultiplier, roundingDivideByPOT } from '../numerics/fixed_point.js';
import { frexp } from '../numerics/quantize_multiplier.js';
import { clamp, tfLiteRound } from '../numerics/rounding.js';
import type { SigmoidScaling } from '../numerics/sigmoid_int16.js';
import { quantizeAgain, zeroPointProblems } from './checks.js';
import { type Elementwise, elementwise } from './elementwise.js';
import type { OpProblem } from './op.js';

type SigmoidType = 'LOGISTIC' | 'TANH';

export interface SigmoidFunctions {
  /** Q4.27 to Q0.31. */
  readonly fixed: (x: number) => number;
  /** Fractional bits of the int8 output, and its zero point. */
  readonly outputBits: number;
  readonly outputZeroPoint: number;
  readonly int16: (x: number, scaling: SigmoidScaling) => number;
  /** The powers of two of an int16 input of Q3.12 that are shifted, not multiplied. */
  readonly shifts: readonly number[];
  readonly float32: (x: number) => number;
}

const inputIntegerBits = 4;

/** To Q4.27; shift is 0 … 62 on an op that `check` has passed. */
function toQ4(input: Tensor): { multiplier: number; shift: number } {
  const { mantissa, exponent } = frexp(scaleOf(input) * 2 ** (31 - inputIntegerBits));
  return { multiplier: tfLiteRound(mantissa * 2 ** 31), shift: exponent };
}

/** Multiplied by 3, since a step of the table's input is a third of Q3.12's. */
function scalingOf(input: Tensor, shifts: readonly number[]): SigmoidScaling {
  const exponent = checkedLog2(scaleOf(input));
  const left = exponent === undefined ? undefined : exponent + 12;
  if (left !== undefined && shifts.includes(left)) return { multiplier: 3 << left, shift: 0 };
  let multiplier = scaleOf(input) * 4096 * 3;
  let shift = 0;
  while (multiplier <= 32767 / 2 && shift <= 30) {
    shift++;
    multiplier *= 2;
  }
  return { multiplier: Math.trunc(multiplier), shift };
}

function int8Problems(input: Tensor, output: Tensor, zeroPoint: number): OpProblem[] {
  const problems: OpProblem[] = [];
  const problem = (message: string) => problems.push({ code: 'quantization', message, hint: quantizeAgain });
  const { shift } = toQ4(input);
  if (shift < 0 || shift > 62) problem(`has the input scale ${scaleOf(input)}, which Q4.27 cannot hold`);
  if (zeroPointOf(output) !== zeroPoint)
    problem(`has the output zero point ${zeroPointOf(output)}, not ${zeroPoint}`);
  return problems;
}

function int16Problems(input: Tensor, output: Tensor, shifts: readonly number[]): OpProblem[] {
  const problems = [...zeroPointProblems('input', input), ...zeroPointProblems('output', output)];
  const problem = (message: string) => problems.push({ code: 'quantization', message, hint: quantizeAgain });
  if (scalingOf(input, shifts).multiplier > 32767)
    problem(`has the input scale ${scaleOf(input)}, more than 2.66`);
  if (checkedLog2(scaleOf(output)) !== -15) problem(`has the output scale ${scaleOf(output)}, not 2^-15`);
  return problems;
}

export function sigmoid<T extends SigmoidType>(
  type: T,
  functions: SigmoidFunctions,
): Elementwise<T, SigmoidScaling> {
  const { outputBits, outputZeroPoint, shifts } = functions;
  return elementwise<T, SigmoidScaling>({
    type,
    check(op: Op<T>, graph: Graph, dtype) {
      const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
      if (dtype === 'int8') return int8Problems(input, output, outputZeroPoint);
      return dtype === 'int16' ? int16Problems(input, output, shifts) : [];
    },
    int8(op, graph) {
      const input = inputTensor(graph, op);
      const { multiplier, shift } = toQ4(input);
      // CalculateInputRadius: the last value that Q4.27 holds.
      const radius = Math.floor((15 * 2 ** 27) / 2 ** shift);
      return (q) => {
        const x = q - zeroPointOf(input);
        if (x <= -radius) return -128;
        if (x >= radius) return 127;
        const y = functions.fixed(multiplyByQuantizedMultiplier(x, multiplier, shift));
        return clamp(roundingDivideByPOT(y, 31 - outputBits) + outputZeroPoint, -128, 127);
      };
    },
    int16: {
      parameters: (op, graph) => scalingOf(inputTensor(graph, op), shifts),
      value: (scaling, q) => functions.int16(q, scaling),
    },
    float32: () => functions.float32,
  });
}
