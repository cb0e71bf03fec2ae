/** The inputs of a model: their types, and shapes that are known now. */
import { type Diagnostic, error } from '../../diagnostics.js';
import { dataTypeName, dataTypes } from '../../formats/onnx/data_types.js';
import { type GraphProto, toNumber, type ValueInfoProto } from '../../formats/onnx/schema.js';
import type { DType } from '../../graph/graph.js';

/** Shapes by the name of an input, as the user gives them. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

export interface OnnxInput {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** All inputs but initializers, which IR version 3 lists among them. @param given replaces what the file says */
export function inputsOf(
  graph: GraphProto,
  given: InputShapes,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): OnnxInput[] {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  for (const name of Object.keys(given)) {
    if (inputs.some((input) => input.name === name)) continue;
    const names = inputs.map((input) => `"${input.name}"`).join(', ') || 'none';
    report(error('unknown-input', `no input is called "${name}"`, `The inputs are ${names}.`, { file }));
  }
  return inputs.map((info, index) => {
    const where = { file, tensor: { index, name: info.name } };
    const type = info.type?.tensorType?.elemType ?? 0;
    const dtype = dataTypes[type]?.dtype;
    if (!dtype) {
      const message = `is ${info.type?.tensorType ? dataTypeName(type) : 'no tensor'}, which is not supported`;
      report(error('unsupported-tensor', message, 'Export the model with float32 inputs.', where));
    }
    const dims = given[info.name] ?? declared(info);
    const problem = dims.length === 0 && !info.type?.tensorType?.shape ? 'has no shape' : unknown(dims, info);
    if (problem) {
      const hint = `Say --shape ${info.name}=${example(dims)}, or export the model with a fixed input shape.`;
      report(error('dynamic-shape', problem, hint, where));
    }
    // int64 numbers are indices, and the device computes with int32.
    const known = dtype === 'int64' ? 'int32' : (dtype ?? 'float32');
    return { name: info.name, dtype: known, dims: dims.map((d) => (d > 0 ? d : 1)) };
  });
}

/** A first dimension that is not known is the batch: one sample. Others are −1. */
function declared({ type }: ValueInfoProto): number[] {
  const dims = type?.tensorType?.shape?.dim ?? [];
  return dims.map(({ dimValue }, i) => {
    const value = toNumber(dimValue);
    return value > 0 ? value : i === 0 && dims.length > 1 ? 1 : -1;
  });
}

function unknown(dims: readonly number[], { type }: ValueInfoProto): string | undefined {
  if (dims.every((d) => Number.isInteger(d) && d > 0)) return undefined;
  const names = type?.tensorType?.shape?.dim ?? [];
  const shown = dims.map((d, i) => (d > 0 ? d : names[i]?.dimParam || '?')).join(', ');
  return `has the shape [${shown}], known only when the model runs`;
}

function example(dims: readonly number[]): string {
  return dims.length === 0 ? '1x3x96x96' : dims.map((d) => (d > 0 ? d : 96)).join('x');
}
