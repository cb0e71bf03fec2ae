/**
 * Resource variables become state: the tensor of a variable's first VAR_HANDLE is turned into one that holds its value, and
 * stands in for all its handles. The subgraph of a CALL_ONCE, which runs before the first inference, is folded into the
 * initial values. VAR_HANDLE and CALL_ONCE are gone afterwards. TFLM: micro_resource_variable.cc.
 */
import { builtinName } from '../../formats/tflite/builtins.js';
import type { Row } from '../../formats/tflite/schema.js';
import { allocate, elementCount } from '../../graph/access.js';
import type { Tensor, TensorData } from '../../graph/graph.js';
import type { ImportedTensors } from './tensors.js';

export interface Variables {
  /** Tensors of handles → the state that they name. */
  readonly handles: ReadonlyMap<number, number>;
  /** Subgraphs that are part of the initial values. */
  readonly subgraphs: ReadonlySet<number>;
  /** Operators by position that leave nothing to compute. */
  readonly resolved: ReadonlySet<number>;
  /** Operators by position that cannot be resolved, with the reason. */
  readonly refused: ReadonlyMap<number, string>;
}

export type OperatorName = (row: Row<'Operator'>) => string;

/** The builtin operator that a row names, or an empty string. */
export function operatorName(model: Row<'Model'>): OperatorName {
  return ({ opcode_index }) => {
    const code = model.operator_codes?.[opcode_index];
    return code ? builtinName(Math.max(code.deprecated_builtin_code, code.builtin_code)) : '';
  };
}

/**
 * @param imported of that subgraph; tensors of handles are replaced, and no longer broken
 * @param importSubgraph tensors of another subgraph
 */
export function importVariables(
  model: Row<'Model'>,
  subgraph: Row<'SubGraph'>,
  imported: ImportedTensors,
  importSubgraph: (index: number) => ImportedTensors,
): Variables {
  const name = operatorName(model);
  const operators = subgraph.operators ?? [];
  const resolved = new Set<number>();
  const refused = new Map<number, string>();
  const subgraphs = new Set<number>();
  /** Variables by name: the state's tensor. */
  const variables = new Map<string, number>();
  const handles = new Map<number, number>();
  operators.forEach((row, i) => {
    if (name(row) !== 'VAR_HANDLE' || row.outputs?.length !== 1) return;
    const [handle] = row.outputs as readonly [number];
    const variable = variables.get(variableName(row)) ?? handle;
    variables.set(variableName(row), variable);
    handles.set(handle, variable);
    resolved.add(i);
  });
  const values = valuesOf(operators, name, handles, imported.tensors);
  const initial = new Map<number, TensorData>();
  operators.forEach((row, i) => {
    if (name(row) !== 'CALL_ONCE') return;
    const index = Number(row.builtin_options?.table?.init_subgraph_index ?? 0);
    const reason = readInitialValues(model, index, { variables, values, initial, importSubgraph });
    if (reason !== undefined) refused.set(i, reason);
    else if (operators.slice(0, i).some((r) => accesses(name(r))))
      refused.set(i, 'CALL_ONCE after variables have been used is not supported');
    else {
      resolved.add(i);
      subgraphs.add(index);
    }
  });
  for (const variable of new Set(variables.values())) {
    const value = values.get(variable);
    if (!value) continue;
    const { dtype, shape, quantization } = value;
    const named = imported.tensors[variable]!.name;
    imported.tensors[variable] = {
      name: named,
      dtype,
      shape,
      ...(quantization && { quantization }),
      initial: initial.get(variable) ?? defaultValue(value),
    };
  }
  for (const [handle, variable] of handles) if (values.has(variable)) imported.broken.delete(handle);
  return { handles, subgraphs, resolved, refused };
}

function accesses(operator: string): boolean {
  return operator === 'READ_VARIABLE' || operator === 'ASSIGN_VARIABLE';
}

function variableName({ builtin_options }: Row<'Operator'>): string {
  const { container = '', shared_name = '' } = (builtin_options?.table ?? {}) as Record<string, string>;
  return `${container}/${shared_name}`;
}

/** What a variable holds is what it is assigned; of one that never is, what is read. */
function valuesOf(
  operators: readonly Row<'Operator'>[],
  name: OperatorName,
  handles: ReadonlyMap<number, number>,
  tensors: readonly Tensor[],
): Map<number, Tensor> {
  const values = new Map<number, Tensor>();
  for (const kind of ['ASSIGN_VARIABLE', 'READ_VARIABLE']) {
    for (const row of operators) {
      const variable = handles.get(row.inputs?.[0] ?? -1);
      const value = tensors[(kind === 'ASSIGN_VARIABLE' ? row.inputs?.[1] : row.outputs?.[0]) ?? -1];
      if (name(row) === kind && variable !== undefined && value && !values.has(variable)) {
        values.set(variable, value);
      }
    }
  }
  return values;
}

/** Every byte is the zero point's lowest, whatever the type. */
function defaultValue({ dtype, shape, quantization }: Tensor): TensorData {
  const data = allocate(dtype, elementCount(shape));
  new Uint8Array(data.buffer).fill((quantization?.zeroPoint[0] ?? 0) & 0xff);
  return data;
}

interface Initialization {
  readonly variables: ReadonlyMap<string, number>;
  readonly values: Map<number, Tensor>;
  readonly initial: Map<number, TensorData>;
  readonly importSubgraph: (index: number) => ImportedTensors;
}

/** Plays a subgraph that assigns constants. @returns why that cannot be done */
function readInitialValues(
  model: Row<'Model'>,
  index: number,
  { variables, values, initial, importSubgraph }: Initialization,
): string | undefined {
  const subgraph = index > 0 ? model.subgraphs?.[index] : undefined;
  if (!subgraph) return `CALL_ONCE names subgraph ${index} of ${model.subgraphs?.length ?? 0}`;
  const name = operatorName(model);
  const { tensors } = importSubgraph(index);
  const handles = new Map<number, number | undefined>();
  for (const row of subgraph.operators ?? []) {
    const operator = name(row);
    if (operator === 'VAR_HANDLE') handles.set(row.outputs?.[0] ?? -1, variables.get(variableName(row)));
    else if (operator === 'ASSIGN_VARIABLE') {
      const [handle = -1, from = -1] = row.inputs ?? [];
      const value = tensors[from];
      if (!handles.has(handle) || !value?.data) return 'CALL_ONCE assigns what is not a constant';
      const variable = handles.get(handle);
      // The model itself never touches the variable.
      if (variable === undefined) continue;
      initial.set(variable, value.data);
      if (!values.has(variable)) values.set(variable, value);
      const kind = values.get(variable)!;
      if (kind.dtype !== value.dtype || elementCount(kind.shape) !== value.data.length) {
        return `CALL_ONCE gives a variable of ${kind.dtype} [${kind.shape}] a value of ${value.dtype} [${value.shape}]`;
      }
    } else return `CALL_ONCE runs ${operator}, where only constants can be assigned`;
  }
  return undefined;
}
