/**
 * MEAN over any axes. TFLM: kernels/reduce_common.cc, reference/reduce.h. Quantized: the int32 sum of q − zero point is
 * requantized once, by a multiplier that already holds 1 / n (truncated), so it is not "sum, divide, requantize".
 */
import { inputTensor, optionalInput, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import {
  dtypeProblems,
  exportAgain,
  multiplierProblems,
  operandProblems,
  quantizationProblems,
  shapeProblems,
  typeRange,
} from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

export interface MeanAttributes {
  readonly keepDims: boolean;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    MEAN: MeanAttributes;
  }
}

/** A loop over input elements: its length and stride. */
export interface MeanLoop {
  readonly count: number;
  readonly stride: number;
}

export interface MeanParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  /** Over the outputs, in their order, outermost first; adjacent dimensions merged. */
  readonly kept: readonly MeanLoop[];
  /** Over what one output sums, in the input's order, outermost first. */
  readonly reduced: readonly MeanLoop[];
  /** Number of summed values. */
  readonly n: number;
  /** int8 and int16: q = clamp((sum + sumOffset) · multiplier · 2^(shift − 31) + outputZeroPoint). */
  readonly quantized?: QuantizedMultiplier & {
    /** −(input zero point) · n. */
    readonly sumOffset: number;
    readonly outputZeroPoint: number;
    readonly range: Range;
  };
}

/** Merged, they make at most four kept and four reduced loops, which is what the C takes. */
const maxRank = 8;

const supports = sameDType('int8', 'int16', 'float32');

/** Non-negative axes without repeats, ascending; undefined when the operand is not constant int32 axes in range. */
function axesOf(op: Op<'MEAN'>, graph: Graph): readonly number[] | undefined {
  const rank = inputTensor(graph, op).shape.length;
  const tensor = optionalInput(graph, op, 1);
  if (tensor?.dtype !== 'int32' || !tensor.data) return undefined;
  // A scalar has no axes to reduce; TFLM does not read them.
  if (rank === 0) return [];
  const axes = [...(tensor.data as Int32Array)].map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes.some((axis) => axis < 0 || axis >= rank)) return undefined;
  return [...new Set(axes)].sort((a, b) => a - b);
}

function loopsOf(shape: Shape, wanted: (axis: number) => boolean): MeanLoop[] {
  const loops: MeanLoop[] = [];
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const count = shape[i]!;
    if (wanted(i) && count !== 1) {
      const inner = loops[0];
      if (inner && stride === inner.stride * inner.count) {
        loops[0] = { count: inner.count * count, stride: inner.stride };
      } else loops.unshift({ count, stride });
    }
    stride *= count;
  }
  return loops;
}

/** The multiplier of the scales with 1 / n folded in: TFLM shifts it up by ⌊log2 n⌋ and divides, truncating. */
function foldMean({ multiplier, shift }: QuantizedMultiplier, n: number): QuantizedMultiplier {
  const up = Math.min(31 - Math.clz32(n), 32, 31 + shift);
  return {
    multiplier: Number(((BigInt(multiplier) << BigInt(up)) / BigInt(n)) & 0xffffffffn) | 0,
    shift: shift - up,
  };
}

/** Call only on an op whose `check` found nothing. */
export function meanParameters(op: Op<'MEAN'>, graph: Graph): MeanParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const axes = new Set(axesOf(op, graph)!);
  const dtype = input.dtype as MeanParameters['dtype'];
  const kept = loopsOf(input.shape, (axis) => !axes.has(axis));
  const reduced = loopsOf(input.shape, (axis) => axes.has(axis));
  const n = reduced.reduce((product, loop) => product * loop.count, 1);
  if (dtype === 'float32') return { dtype, kept, reduced, n };
  return {
    dtype,
    kept,
    reduced,
    n,
    quantized: {
      ...foldMean(quantizeMultiplier(scaleOf(input) / scaleOf(output)), n),
      sumOffset: (0 - zeroPointOf(input) * n) | 0,
      outputZeroPoint: zeroPointOf(output),
      range: typeRange(dtype),
    },
  };
}

function infer(op: Op<'MEAN'>, graph: Graph): Shape {
  const { shape } = inputTensor(graph, op);
  const axes = new Set(axesOf(op, graph)!);
  return op.attributes.keepDims
    ? shape.map((d, i) => (axes.has(i) ? 1 : d))
    : shape.filter((_, i) => !axes.has(i));
}

function check(op: Op<'MEAN'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, axis, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const problems = dtypeProblems(supports, [input], output);
  if (input.shape.length > maxRank) {
    const message = `reduces at most ${maxRank} dimensions, has [${input.shape}]`;
    problems.push({ code: 'op-shape', message, hint: 'Reshape before and after.' });
  }
  if (!axis.data) {
    const hint = 'Make the axes a constant.';
    problems.push({ code: 'not-constant', message: 'its axes are computed in the model', hint });
  } else if (!axesOf(op, graph)) {
    const message = `has ${axis.dtype} axes ${[...axis.data]} for the shape [${input.shape}]`;
    problems.push({ code: 'op-range', message, hint: exportAgain });
  } else problems.push(...shapeProblems(infer(op, graph), output));
  if (input.dtype === 'float32' || problems.some((p) => p.code === 'op-dtypes')) return problems;
  const quantization = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
  if (quantization.length > 0) return [...problems, ...quantization];
  const real = scaleOf(input) / scaleOf(output);
  return [...problems, ...multiplierProblems(real, quantizeMultiplier(real).shift)];
}

type Values = Int8Array | Int16Array | Float32Array;

function simulate(p: MeanParameters, input: Values, output: Values): Step {
  const starts = loopOffsets(p.kept);
  const terms = loopOffsets(p.reduced);
  if (!p.quantized) {
    return () => {
      for (let o = 0; o < starts.length; o++) {
        let sum = 0;
        for (let i = 0; i < terms.length; i++) sum = Math.fround(sum + input[starts[o]! + terms[i]!]!);
        output[o] = Math.fround(sum / p.n);
      }
    };
  }
  const { sumOffset, outputZeroPoint, range, multiplier, shift } = p.quantized;
  return () => {
    for (let o = 0; o < starts.length; o++) {
      let sum = sumOffset;
      for (let i = 0; i < terms.length; i++) sum = (sum + input[starts[o]! + terms[i]!]!) | 0;
      const mean = (multiplyByQuantizedMultiplier(sum, multiplier, shift) + outputZeroPoint) | 0;
      output[o] = clamp(mean, range.min, range.max);
    }
  };
}

/** The offset at each iteration of the nested loops. */
export function loopOffsets(loops: readonly MeanLoop[]): Int32Array {
  return loops.reduce((outer, { count, stride }) => {
    const next = new Int32Array(outer.length * count);
    for (let i = 0; i < next.length; i++) next[i] = outer[Math.floor(i / count)]! + (i % count) * stride;
    return next;
  }, Int32Array.of(0));
}

export const mean: OpDefinition<'MEAN'> = {
  type: 'MEAN',
  supports,
  check,
  infer: (op, graph) => [infer(op, graph)],
  macs: () => 0,
  simulate(op, graph, memory) {
    const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
    return simulate(meanParameters(op, graph), input, output);
  },
};
