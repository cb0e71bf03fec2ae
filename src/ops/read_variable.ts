/** READ_VARIABLE: the value that a variable has now. TFLM: kernels/read_variable.cc. */
import { outputTensor } from '../graph/access.js';
import type { OpDefinition } from './op.js';
import { variableProblems, variableTypes } from './variable.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ReadVariableAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    READ_VARIABLE: ReadVariableAttributes;
  }
}

export const readVariable: OpDefinition<'READ_VARIABLE'> = {
  type: 'READ_VARIABLE',
  supports: variableTypes,
  check: variableProblems,
  // The elements of the variable, in the shape that the model gives them.
  infer: (op, graph) => [outputTensor(graph, op).shape],
  macs: () => 0,
  simulate(op, _graph, memory) {
    const [variable, value] = [memory[op.inputs[0]!]!, memory[op.outputs[0]!]!];
    return () => value.set(variable as never);
  },
};
