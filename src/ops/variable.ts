/** What READ_VARIABLE and ASSIGN_VARIABLE share: a variable is a state tensor, and values are copied as they are. */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op, Tensor } from '../graph/graph.js';
import { exportAgain, operandProblems, stateProblems } from './checks.js';
import { type OpProblem, sameDType } from './op.js';

type VariableOp = Op<'READ_VARIABLE'> | Op<'ASSIGN_VARIABLE'>;

export const variableTypes = sameDType('int8', 'uint8', 'int16', 'int32', 'int64', 'float32', 'bool');

/** The variable is the first input; the value is the output, or the second input. */
export function variableProblems(op: VariableOp, graph: Graph): OpProblem[] {
  const reads = op.type === 'READ_VARIABLE';
  const operands = reads ? { min: 1, max: 1 } : { min: 2, max: 2, outputs: 0 };
  const missing = operandProblems(op as Op, graph, operands);
  if (missing.length > 0) return missing;
  const variable = inputTensor(graph, op as Op);
  const value = reads ? outputTensor(graph, op as Op) : inputTensor(graph, op as Op, 1);
  return [...stateProblems('variable', variable), ...sameKind(variable, value)];
}

/** TFLM compares bytes; shapes may differ. */
function sameKind(variable: Tensor, value: Tensor): OpProblem[] {
  const equal = variable.dtype === value.dtype && elementCount(variable.shape) === elementCount(value.shape);
  const known = variableTypes.some((row) => row.input === variable.dtype);
  if (equal && known) return [];
  const message = known
    ? `its variable "${variable.name}" is ${variable.dtype} [${variable.shape}], the value ${value.dtype} [${value.shape}]`
    : `its variable "${variable.name}" is ${variable.dtype}`;
  return [{ code: 'op-dtypes', message, hint: exportAgain }];
}
