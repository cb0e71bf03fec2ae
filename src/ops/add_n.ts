/** ADD_N: the sum of tensors of one shape, for int8 of one scale and zero point. TFLM: kernels/add_n.cc, reference/add_n.h. */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { dtypeProblems, operandProblems, quantizeAgain } from './checks.js';
import { shapeProblem } from './constant_operand.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';
import { type ShiftedSum, shiftedSum, shiftedSumOutput, shiftedSumProblems } from './shifted_sum.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type AddNAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    ADD_N: AddNAttributes;
  }
}

export interface AddNParameters {
  readonly dtype: 'int8' | 'float32';
  readonly inputs: number;
  /** Elements of each tensor. */
  readonly count: number;
  /** int8 only. */
  readonly quantized?: ShiftedSum;
}

const supports = sameDType('int8', 'float32');

/** Call only on an op whose `check` found nothing. */
export function addNParameters(op: Op<'ADD_N'>, graph: Graph): AddNParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const dtype = input.dtype as AddNParameters['dtype'];
  return {
    dtype,
    inputs: op.inputs.length,
    count: elementCount(input.shape),
    ...(dtype === 'int8' && { quantized: shiftedSum(input, output) }),
  };
}

function check(op: Op<'ADD_N'>, graph: Graph): OpProblem[] {
  const count = Math.max(2, op.inputs.length);
  const missing = operandProblems(op, graph, { min: count, max: count });
  if (missing.length > 0) return missing;
  const inputs = op.inputs.map((t) => graph.tensors[t]!);
  const [first, output] = [inputs[0]!, outputTensor(graph, op)];
  const problems = dtypeProblems(supports, inputs, output);
  const unlike = inputs.find(({ shape }) => shape.join() !== first.shape.join());
  if (unlike)
    problems.push(shapeProblem(`adds up tensors of the shapes [${first.shape}] and [${unlike.shape}]`));
  if (output.dtype !== 'int8' || problems.some((p) => p.code === 'op-dtypes')) return problems;
  problems.push(...shiftedSumProblems(first, output));
  const { quantization } = first;
  const other = inputs.find(
    ({ quantization: q }) =>
      q?.scale[0] !== quantization?.scale[0] || q?.zeroPoint[0] !== quantization?.zeroPoint[0],
  );
  if (other) {
    const message = `its inputs "${first.name}" and "${other.name}" differ in scale or zero point`;
    problems.push({ code: 'quantization', message, hint: quantizeAgain });
  }
  return problems;
}

export const addN: OpDefinition<'ADD_N'> = {
  type: 'ADD_N',
  supports,
  check,
  infer: (op, graph) => [inputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { inputs: n, count, quantized } = addNParameters(op, graph);
    const inputs = op.inputs.map((t) => memory[t] as Int8Array | Float32Array);
    const output = memory[op.outputs[0]!] as Int8Array | Float32Array;
    if (quantized) {
      const offset = (n + 1) * quantized.inputOffset;
      return () => {
        for (let i = 0; i < count; i++) {
          let sum = offset;
          for (let j = 0; j < n; j++) sum += inputs[j]![i]!;
          output[i] = shiftedSumOutput(sum, quantized);
        }
      };
    }
    return () => {
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum = Math.fround(sum + inputs[j]![i]!);
        output[i] = sum;
      }
    };
  },
};
