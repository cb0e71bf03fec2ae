/**
 * BATCH_MATMUL: the product of the matrices in the last two axes, either of them transposed before; the axes before
 * broadcast. int16 sums have 64 bits. TFLM: kernels/batch_matmul.cc, reference/batch_matmul.h.
 */
import { elementCount, inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import type { Range } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier, multiplyByQuantizedMultiplier64 } from '../numerics/fixed_point.js';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/quantize_multiplier.js';
import { clamp } from '../numerics/rounding.js';
import { type BroadcastLoop, broadcastLoops, broadcastRuns, broadcastShape } from './broadcast.js';
import {
  dtypeProblems,
  exportAgain,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  typeRange,
  zeroPointProblems,
} from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

export interface BatchMatmulAttributes {
  /** The matrices of the first operand are stored transposed. */
  readonly adjX: boolean;
  readonly adjY: boolean;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    BATCH_MATMUL: BatchMatmulAttributes;
  }
}

/** How many elements lie between neighbors along an output's row or column, and along the sum. */
export interface MatrixStrides {
  readonly outer: number;
  readonly depth: number;
}

export interface BatchMatmulParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  /** Over matrices: how many each operand moves; innermost first. */
  readonly loops: readonly BroadcastLoop[];
  /** [rows][depth] · [depth][columns] */
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly a: MatrixStrides;
  readonly b: MatrixStrides;
  /** int8 and int16 only. */
  readonly quantized?: QuantizedMultiplier & {
    readonly offsetA: number;
    readonly offsetB: number;
    readonly offset: number;
    readonly range: Range;
  };
}

const supports = sameDType('int8', 'int16', 'float32');

interface Sizes {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly batch: Shape;
}

/** Undefined where the operands do not fit. */
function sizesOf(op: Op<'BATCH_MATMUL'>, graph: Graph): Sizes | undefined {
  const [a, b] = [inputTensor(graph, op).shape, inputTensor(graph, op, 1).shape];
  const { adjX, adjY } = op.attributes;
  const [rows, depth] = adjX ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
  const [again, columns] = adjY ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
  const batch = broadcastShape(a.slice(0, -2), b.slice(0, -2));
  if (a.length < 2 || b.length < 2 || !batch || depth !== again) return undefined;
  return { rows: rows!, depth: depth!, columns: columns!, batch };
}

/** The product of the input scales in float32, as for FULLY_CONNECTED (kernel_util.cc). */
function realMultiplier(op: Op<'BATCH_MATMUL'>, graph: Graph): number {
  const [a, b] = [scaleOf(inputTensor(graph, op)), scaleOf(inputTensor(graph, op, 1))];
  return Math.fround(a * b) / scaleOf(outputTensor(graph, op));
}

/** Call only on an op whose `check` found nothing. */
export function batchMatmulParameters(op: Op<'BATCH_MATMUL'>, graph: Graph): BatchMatmulParameters {
  const [a, b, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const { rows, depth, columns } = sizesOf(op, graph)!;
  const dtype = a.dtype as BatchMatmulParameters['dtype'];
  const { adjX, adjY } = op.attributes;
  const shape = {
    dtype,
    loops: broadcastLoops(a.shape.slice(0, -2), b.shape.slice(0, -2)),
    rows,
    depth,
    columns,
    a: adjX ? { outer: 1, depth: rows } : { outer: depth, depth: 1 },
    b: adjY ? { outer: depth, depth: 1 } : { outer: 1, depth: columns },
  };
  if (dtype === 'float32') return shape;
  return {
    ...shape,
    quantized: {
      ...quantizeMultiplier(realMultiplier(op, graph)),
      offsetA: 0 - zeroPointOf(a),
      offsetB: 0 - zeroPointOf(b),
      offset: zeroPointOf(output),
      range: typeRange(dtype),
    },
  };
}

function check(op: Op<'BATCH_MATMUL'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [a, b, output] = [inputTensor(graph, op), inputTensor(graph, op, 1), outputTensor(graph, op)];
  const problems = dtypeProblems(supports, [a, b], output);
  if (!sizesOf(op, graph)) {
    const message = `cannot multiply matrices [${a.shape}] by [${b.shape}]`;
    problems.push({ code: 'op-shape', message, hint: exportAgain });
  }
  if (problems.length > 0 || a.dtype === 'float32') return problems;
  const operands = [['input', a] as const, ['input', b] as const, ['output', output] as const];
  const quantization = operands.flatMap(([what, t]) => quantizationProblems(what, t));
  if (quantization.length > 0) return quantization;
  const real = realMultiplier(op, graph);
  const most = a.dtype === 'int16' ? 7 : 30;
  if (!(Number.isFinite(real) && quantizeMultiplier(real).shift <= most)) {
    const message = `scales by ${real}, beyond 2^${most}`;
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  if (a.dtype === 'int8') return problems;
  return [...problems, ...operands.flatMap(([what, t]) => zeroPointProblems(what, t))];
}

type Values = Int8Array | Int16Array | Float32Array;

function simulate(p: BatchMatmulParameters, a: Values, b: Values, output: Values): Step {
  const { rows, depth, columns, quantized } = p;
  const { run, a: startsA, b: startsB } = broadcastRuns(p.loops);
  const [sizeA, sizeB] = [rows * depth, depth * columns];
  const [offsetA, offsetB] = [quantized?.offsetA ?? 0, quantized?.offsetB ?? 0];
  const finish = finisher(p);
  const multiply = (ia: number, ib: number, first: number) => {
    for (let row = 0, o = first; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        let [i, j] = [ia + row * p.a.outer, ib + column * p.b.outer];
        for (let k = 0; k < depth; k++, i += p.a.depth, j += p.b.depth) {
          sum = quantized
            ? sum + (a[i]! + offsetA) * (b[j]! + offsetB)
            : Math.fround(sum + Math.fround(a[i]! * b[j]!));
        }
        output[o++] = finish(sum);
      }
    }
  };
  return () => {
    for (let r = 0, matrix = 0; r < startsA.length; r++) {
      for (let i = 0; i < run.count; i++, matrix++) {
        const [ma, mb] = [startsA[r]! + i * run.a, startsB[r]! + i * run.b];
        multiply(ma * sizeA, mb * sizeB, matrix * rows * columns);
      }
    }
  };
}

function finisher({ dtype, quantized }: BatchMatmulParameters): (sum: number) => number {
  if (!quantized) return (sum) => sum;
  const { multiplier, shift, offset, range } = quantized;
  if (dtype === 'int16') {
    return (sum) => clamp(multiplyByQuantizedMultiplier64(sum, multiplier, shift), range.min, range.max);
  }
  return (sum) => {
    const scaled = multiplyByQuantizedMultiplier(sum | 0, multiplier, shift);
    return clamp((scaled + offset) | 0, range.min, range.max);
  };
}

export const batchMatmul: OpDefinition<'BATCH_MATMUL'> = {
  type: 'BATCH_MATMUL',
  supports,
  check,
  infer(op, graph) {
    const { batch, rows, columns } = sizesOf(op, graph)!;
    return [[...batch, rows, columns]];
  },
  macs: (op, graph) => elementCount(outputTensor(graph, op).shape) * (sizesOf(op, graph)?.depth ?? 0),
  simulate(op, graph, memory) {
    const [a, b] = [memory[op.inputs[0]!] as Values, memory[op.inputs[1]!] as Values];
    return simulate(batchMatmulParameters(op, graph), a, b, memory[op.outputs[0]!] as Values);
  },
};
