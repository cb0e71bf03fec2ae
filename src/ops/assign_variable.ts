/** ASSIGN_VARIABLE: gives a variable another value, to be read from then on. TFLM: kernels/assign_variable.cc. */
import type { OpDefinition } from './op.js';
import { variableProblems, variableTypes } from './variable.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type AssignVariableAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    ASSIGN_VARIABLE: AssignVariableAttributes;
  }
}

export const assignVariable: OpDefinition<'ASSIGN_VARIABLE'> = {
  type: 'ASSIGN_VARIABLE',
  supports: variableTypes,
  data: 1,
  check: variableProblems,
  infer: () => [],
  macs: () => 0,
  simulate(op, _graph, memory) {
    const [variable, value] = [memory[op.inputs[0]!]!, memory[op.inputs[1]!]!];
    return () => variable.set(value as never);
  },
};
