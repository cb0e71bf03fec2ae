/**
 * PAD with zeros: the zero point for int8, 0 for every other type (also int16, whatever its zero point). Values are
 * copied as they stand. TFLM: kernels/pad_common.cc, kernels/pad.cc, reference/pad.h.
 */
import { inputTensor, optionalInput, outputTensor, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import {
  dtypeProblems,
  exportAgain,
  operandProblems,
  quantizationProblems,
  shapeProblems,
} from './checks.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

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

/** [before, after] of each dimension; undefined when the operand is not such a constant. */
function paddingsOf(op: Op<'PAD'>, graph: Graph): readonly (readonly [number, number])[] | undefined {
  const tensor = optionalInput(graph, op, 1);
  if (tensor?.dtype !== 'int32' || !tensor.data) return undefined;
  const rank = inputTensor(graph, op).shape.length;
  if (tensor.data.length !== 2 * rank) return undefined;
  return Array.from({ length: rank }, (_, i) => [
    Number(tensor.data![2 * i]),
    Number(tensor.data![2 * i + 1]),
  ]);
}

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

function infer(op: Op<'PAD'>, graph: Graph): Shape {
  const { shape } = inputTensor(graph, op);
  return paddingsOf(op, graph)!.map(([before, after], i) => before + shape[i]! + after);
}

function check(op: Op<'PAD'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [input, paddings, output] = [
    inputTensor(graph, op),
    inputTensor(graph, op, 1),
    outputTensor(graph, op),
  ];
  const problems = dtypeProblems(supports, [input], output);
  const problem = (code: string, message: string, hint = exportAgain) =>
    problems.push({ code, message, hint });
  if (input.shape.length > maxRank) {
    problem(
      'op-shape',
      `pads at most ${maxRank} dimensions, has [${input.shape}]`,
      'Reshape before and after.',
    );
  }
  if (!paddings.data) {
    problem('not-constant', 'its paddings are computed in the model', 'Make the paddings a constant.');
  } else if (!paddingsOf(op, graph)) {
    const rank = input.shape.length;
    problem('op-shape', `has ${paddings.dtype} paddings [${paddings.shape}], not int32 [${rank},2]`);
  } else if (paddingsOf(op, graph)!.some((pair) => pair.some((n) => n < 0))) {
    problem('op-range', `has negative paddings: ${[...paddings.data]}`);
  } else problems.push(...shapeProblems(infer(op, graph), output));
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
  infer: (op, graph) => [infer(op, graph)],
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
