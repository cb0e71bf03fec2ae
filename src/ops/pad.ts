/**
 * PAD with zeros: the zero point for int8, 0 for every other type (also int16, whatever its zero point). Values are
 * copied as they stand. TFLM: kernels/pad_common.cc, kernels/pad.cc, reference/pad.h.
 */
import { inputTensor, outputTensor, zeroPointOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { dtypeProblems, operandProblems, quantizationProblems, shapeProblems } from './checks.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';
import { paddedShape, paddingProblems, paddingsOf } from './padding.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type PadAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    PAD: PadAttributes;
  }
}

/** One dimension; those without padding are merged into the one before. */
export interface PadDimension {
  readonly before: number;
  readonly size: number;
  readonly after: number;
}

export interface PadParameters {
  readonly dtype: 'int8' | 'int16' | 'int32' | 'float32';
  /** Outermost first, at most 5. */
  readonly dimensions: readonly PadDimension[];
  readonly value: number;
}

/** PadKernelMaxDimensionCount. */
const maxRank = 5;

const supports = sameDType('int8', 'int16', 'int32', 'float32');

/** Call only on an op whose `check` found nothing. */
export function padParameters(op: Op<'PAD'>, graph: Graph): PadParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const dimensions: PadDimension[] = [];
  paddingsOf(op, graph)!.forEach(([before, after], i) => {
    const outer = dimensions.at(-1);
    const size = input.shape[i]!;
    if (outer && before === 0 && after === 0) {
      dimensions[dimensions.length - 1] = {
        before: outer.before * size,
        size: outer.size * size,
        after: outer.after * size,
      };
    } else dimensions.push({ before, size, after });
  });
  return {
    dtype: input.dtype as PadParameters['dtype'],
    dimensions: dimensions.length > 0 ? dimensions : [{ before: 0, size: 1, after: 0 }],
    value: input.dtype === 'int8' ? zeroPointOf(output) : 0,
  };
}

function check(op: Op<'PAD'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output)];
  if (input.shape.length > maxRank) {
    const message = `pads at most ${maxRank} dimensions, has [${input.shape}]`;
    problems.push({ code: 'op-shape', message, hint: 'Reshape before and after.' });
  }
  const paddings = paddingProblems(op, graph);
  problems.push(...(paddings.length > 0 ? paddings : shapeProblems(paddedShape(op, graph), output)));
  // Plain int8 are padded with 0.
  if (input.dtype === 'int8' && output.dtype === 'int8' && output.quantization)
    problems.push(...quantizationProblems('output', output));
  return problems;
}

type Values = Int8Array | Int16Array | Int32Array | Float32Array;

export const pad: OpDefinition<'PAD'> = {
  type: 'PAD',
  supports,
  check,
  infer: (op, graph) => [paddedShape(op, graph)],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { dimensions, value } = padParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
    const target = copiesOf(dimensions);
    return () => {
      output.fill(value);
      for (let i = 0; i < target.length; i++) output[target[i]!] = input[i]!;
    };
  },
};

/** Where each input element goes. */
function copiesOf(dimensions: readonly PadDimension[]): Int32Array {
  let target = Int32Array.of(0);
  for (const { before, size, after } of dimensions) {
    const next = new Int32Array(target.length * size);
    target.forEach((outer, r) => {
      for (let i = 0; i < size; i++) next[r * size + i] = outer * (before + size + after) + before + i;
    });
    target = next;
  }
  return target;
}
