/**
 * What MEAN and SUM share. TFLM: kernels/reduce_common.cc, reference/reduce.h. Quantized: the int32 sum of q − zero point
 * is requantized once, for MEAN by a multiplier that already holds 1 / n (truncated), so that it is not "sum, divide,
 * requantize".
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { multiplierProblems, quantizationProblems, typeRange } from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';
import {
  loopOffsets,
  type ReductionLoops,
  reducedShape,
  reductionLoops,
  reductionProblems,
} from './reduction.js';

type SummationType = 'MEAN' | 'SUM';

export interface SummationParameters extends ReductionLoops {
  readonly dtype: 'int8' | 'int16' | 'float32';
  /** What a float32 sum is divided by: the number of values, for SUM 1. */
  readonly divisor: number;
  /** int8 and int16: q = clamp((sum + sumOffset) · multiplier · 2^(shift − 31) + outputZeroPoint). */
  readonly quantized?: QuantizedMultiplier & {
    /** −(input zero point) · (number of values). */
    readonly sumOffset: number;
    readonly outputZeroPoint: number;
    readonly range: Range;
  };
}

const supports = sameDType('int8', 'int16', 'float32');

/** The multiplier of the scales with 1 / n folded in: TFLM shifts it up by ⌊log2 n⌋ and divides, truncating. */
function foldMean({ multiplier, shift }: QuantizedMultiplier, n: number): QuantizedMultiplier {
  const up = Math.min(31 - Math.clz32(n), 32, 31 + shift);
  return {
    multiplier: Number(((BigInt(multiplier) << BigInt(up)) / BigInt(n)) & 0xffffffffn) | 0,
    shift: shift - up,
  };
}

/** Call only on an op whose `check` found nothing. */
export function summationParameters(op: Op<SummationType>, graph: Graph): SummationParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const dtype = input.dtype as SummationParameters['dtype'];
  const loops = reductionLoops(op, graph);
  const n = loops.reduced.reduce((product, loop) => product * loop.count, 1);
  const isMean = op.type === 'MEAN';
  const divisor = isMean ? n : 1;
  if (dtype === 'float32') return { dtype, ...loops, divisor };
  const scaled = quantizeMultiplier(scaleOf(input) / scaleOf(output));
  return {
    dtype,
    ...loops,
    divisor,
    quantized: {
      ...(isMean ? foldMean(scaled, n) : scaled),
      sumOffset: (0 - zeroPointOf(input) * n) | 0,
      outputZeroPoint: zeroPointOf(output),
      range: typeRange(dtype),
    },
  };
}

function check(op: Op<SummationType>, graph: Graph): OpProblem[] {
  const problems = reductionProblems(op, graph, supports);
  if (problems.some((p) => p.code === 'op-inputs' || p.code === 'op-outputs' || p.code === 'op-dtypes')) {
    return problems;
  }
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  if (input.dtype === 'float32') return problems;
  const quantization = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
  if (quantization.length > 0) return [...problems, ...quantization];
  const real = scaleOf(input) / scaleOf(output);
  return [...problems, ...multiplierProblems(real, quantizeMultiplier(real).shift)];
}

type Values = Int8Array | Int16Array | Int32Array | Float32Array;

export function summationStep(p: SummationParameters, input: Values, output: Values): Step {
  const starts = loopOffsets(p.kept);
  const terms = loopOffsets(p.reduced);
  if (!p.quantized) {
    return () => {
      for (let o = 0; o < starts.length; o++) {
        let sum = 0;
        for (let i = 0; i < terms.length; i++) sum = Math.fround(sum + input[starts[o]! + terms[i]!]!);
        output[o] = Math.fround(sum / p.divisor);
      }
    };
  }
  const { sumOffset, outputZeroPoint, range, multiplier, shift } = p.quantized;
  return () => {
    for (let o = 0; o < starts.length; o++) {
      let sum = sumOffset;
      for (let i = 0; i < terms.length; i++) sum = (sum + input[starts[o]! + terms[i]!]!) | 0;
      const scaled = (multiplyByQuantizedMultiplier(sum, multiplier, shift) + outputZeroPoint) | 0;
      output[o] = clamp(scaled, range.min, range.max);
    }
  };
}

/** MEAN or SUM. */
export function summation<T extends SummationType>(type: T): OpDefinition<T> {
  return {
    type,
    supports,
    check: (op, graph) => check(op as Op<SummationType>, graph),
    infer: (op, graph) => [reducedShape(op as Op<SummationType>, graph)],
    macs: () => 0,
    simulate(op, graph, memory) {
      const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
      return summationStep(summationParameters(op as Op<SummationType>, graph), input, output);
    },
  };
}
