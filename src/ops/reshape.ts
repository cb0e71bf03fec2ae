/**
 * RESHAPE: the same bytes under another shape, that of its output tensor; like TFLM it does not read the second
 * input. TFLM: kernels/reshape_common.cc. Scales are not compared.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import { exportAgain, operandProblems } from './checks.js';
import { type OpDefinition, sameDType } from './op.js';

export interface ReshapeAttributes {
  /** As the file has it, −1 and all; the output tensor's shape decides. */
  readonly newShape?: readonly number[];
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    RESHAPE: ReshapeAttributes;
  }
}

const supports = sameDType('int8', 'uint8', 'int16', 'int32', 'int64', 'float32', 'bool');

export const reshape: OpDefinition<'RESHAPE'> = {
  type: 'RESHAPE',
  supports,
  check(op, graph) {
    const problems = operandProblems(op, graph, { min: 1, max: 2 });
    if (problems.length > 0) return problems;
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    if (!supports.some((c) => c.input === input.dtype && c.output === output.dtype)) {
      const message = `cannot turn ${input.dtype} into ${output.dtype}`;
      problems.push({ code: 'op-dtypes', message, hint: exportAgain });
    }
    if (elementCount(input.shape) !== elementCount(output.shape)) {
      const message = `cannot turn the shape [${input.shape}] into [${output.shape}]`;
      problems.push({ code: 'op-shape', message, hint: exportAgain });
    }
    return problems;
  },
  infer: (op, graph) => [outputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, _graph, memory) {
    const [input, output] = [memory[op.inputs[0]!]!, memory[op.outputs[0]!]!];
    return () => (output as Int8Array).set(input as Int8Array);
  },
};
