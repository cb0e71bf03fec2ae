/** Scales and zero points as ONNX has them, and values into and out of them. uint8 becomes int8: the zero point moves by 128. */
import { dataTypes } from '../../formats/onnx/data_types.js';
import type { DType, Quantization } from '../../graph/graph.js';
import { clamp } from '../../numerics/rounding.js';
import { typeRange } from '../../ops/checks.js';
import { stridesOf } from '../../ops/movement.js';
import { sameQuantization } from '../../passes/replace.js';
import { constantInput, type NodeContext, optionalConstant } from './node_context.js';
import { applied } from './ops/elementwise.js';
import { type Activation, axisFrom, type Constant, Unsupported } from './value.js';
import type { Writer } from './writer.js';

/** real = scale · (q − zeroPoint), q of this type in the graph. */
export interface Parameters extends Quantization {
  readonly dtype: 'int4' | 'int8' | 'int16' | 'int32';
  /** The file has it as uint8: q + 128. */
  readonly unsigned: boolean;
}

/** @param scale position of the input @param zeroPoint position of the input, which may be left out @param dtype of the integers */
export function parametersOf(
  context: NodeContext,
  scale: number,
  zeroPoint: number,
  dtype: DType,
  axis = 0,
): Parameters {
  const scales = constantInput(context, scale, 'scale');
  const zeroPoints = optionalConstant(context, zeroPoint, 'zero point');
  return parameters(scales.values, zeroPoints?.values ?? scales.values.map(() => 0), dtype, axis);
}

/** @throws Unsupported */
export function parameters(
  scales: ArrayLike<number>,
  zeroPoints: ArrayLike<number>,
  given: DType,
  axis = 0,
): Parameters {
  const unsigned = given === 'uint8';
  const dtype = unsigned ? 'int8' : given;
  if (dtype !== 'int4' && dtype !== 'int8' && dtype !== 'int16' && dtype !== 'int32') {
    throw new Unsupported(`quantizes to ${given}; int8 and uint8 are supported, and int16`);
  }
  if (zeroPoints.length !== scales.length)
    throw new Unsupported(`has ${scales.length} scales and ${zeroPoints.length} zero points`);
  const scale = Float32Array.from(scales);
  const wrong = scale.find((s) => !(s > 0 && Number.isFinite(s)));
  if (wrong !== undefined || scale.length === 0) throw new Unsupported(`has the scale ${wrong ?? '[]'}`);
  return {
    dtype,
    unsigned,
    scale,
    zeroPoint: Int32Array.from(zeroPoints, (z) => z - (unsigned ? 128 : 0)),
    axis,
  };
}

/** Of an activation: one scale, and of int16 no zero point. @throws Unsupported with what to do */
export function activationParameters(p: Parameters): Parameters {
  if (p.scale.length !== 1)
    throw new Unsupported(
      `quantizes an activation by ${p.scale.length} scales; one is supported: quantize activations per tensor`,
    );
  if (p.dtype === 'int4' || p.dtype === 'int32')
    throw new Unsupported(`has ${p.dtype} activations; int8, uint8 and int16 are supported`);
  if (p.dtype === 'int16' && p.zeroPoint[0] !== 0)
    throw new Unsupported(
      `has int16 activations with zero point ${p.zeroPoint[0]}; TensorFlow Lite takes 0: quantize them symmetrically`,
    );
  const { min, max } = typeRange(p.dtype);
  if (!(p.zeroPoint[0]! >= min && p.zeroPoint[0]! <= max))
    throw new Unsupported(`has the zero point ${p.zeroPoint[0]! + (p.unsigned ? 128 : 0)}`);
  return p;
}

/** The real values of integers. */
export function dequantizedConstant(constant: Constant, p: Parameters): Constant {
  const shift = p.unsigned ? 128 : 0;
  const values = Float64Array.from(constant.values, (q) => q - shift);
  const { dtype, scale, zeroPoint } = p;
  const axis = scale.length > 1 ? axisFrom(p.axis, constant.dims.length) : 0;
  const at = indexAlong(constant.dims, axis, scale.length);
  return {
    ...constant,
    dtype: 'float32',
    values: Float32Array.from(values, (q, i) => (q - zeroPoint[at(i)]!) * scale[at(i)]!),
    quantized: { dtype, values, scale, zeroPoint, axis },
  };
}

/** The integers of real values, as the file has them: to even where a value lies between two. */
export function quantizedConstant(constant: Constant, p: Parameters): Constant {
  const { scale, zeroPoint, unsigned } = p;
  const { min, max } = p.dtype === 'int4' ? { min: -8, max: 7 } : typeRange(p.dtype);
  const axis = scale.length > 1 ? axisFrom(p.axis, constant.dims.length) : 0;
  const at = indexAlong(constant.dims, axis, scale.length);
  const quantize = (x: number, i: number) =>
    clamp(roundHalfEven(Math.fround(x / scale[at(i)]!)) + zeroPoint[at(i)]!, min, max);
  const { name, dims } = constant;
  return {
    kind: 'constant',
    name,
    dims,
    dtype: unsigned ? 'uint8' : p.dtype,
    values: Float64Array.from(constant.values, (x, i) => quantize(x, i) + (unsigned ? 128 : 0)),
  };
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

function indexAlong(dims: readonly number[], axis: number, scales: number): (i: number) => number {
  if (scales === 1) return () => 0;
  if (dims[axis] !== scales) throw new Unsupported(`has ${scales} scales along axis ${axis} of [${dims}]`);
  const stride = stridesOf(dims)[axis]!;
  return (i) => Math.floor(i / stride) % scales;
}

/** DEQUANTIZE. The integers of an input have no parameters before somebody says them. */
export function dequantized(graph: Writer, name: string, value: Activation, p: Parameters): Activation {
  const wanted = activationParameters(p);
  const source = value.flattened ?? value;
  declare(graph, source.tensor, wanted);
  return applied({ graph }, name, asType(value, 'float32'), 'DEQUANTIZE', {});
}

/** QUANTIZE. */
export function quantized(graph: Writer, name: string, value: Activation, p: Parameters): Activation {
  const { dtype, scale, zeroPoint, axis, unsigned } = activationParameters(p);
  if (value.dtype !== 'float32') throw new Unsupported(`quantizes ${value.dtype} values`);
  const result = applied({ graph }, name, asType(value, dtype), 'QUANTIZE', {});
  graph.quantize(result.tensor, { scale, zeroPoint, axis });
  return unsigned ? asType(result, 'uint8') : result;
}

/** Parameters of a value that is quantized. */
export function parametersOfValue(graph: Writer, { tensor, dtype }: Activation): Parameters | undefined {
  const { quantization } = graph.tensors[tensor]!;
  if (!quantization || (dtype !== 'int8' && dtype !== 'uint8' && dtype !== 'int16')) return undefined;
  return { ...quantization, dtype: dtype === 'uint8' ? 'int8' : dtype, unsigned: dtype === 'uint8' };
}

function asType(value: Activation, dtype: DType): Activation {
  return {
    ...value,
    dtype,
    ...(value.flattened && { flattened: { ...value.flattened, dtype } }),
  };
}

/** Also for what it is a view of, as far back as the input. */
function declare(graph: Writer, tensor: number, p: Parameters): void {
  const given = graph.tensors[tensor]!;
  const { dtype, quantization, name } = given;
  const { scale, zeroPoint, axis } = p;
  const wanted = { ...given, dtype: p.dtype, quantization: { scale, zeroPoint, axis } };
  if (quantization) {
    if (dtype === p.dtype && sameQuantization(given, wanted)) return;
    throw new Unsupported(`takes "${name}" by another scale or zero point than it was given`);
  }
  if (dtype !== (p.unsigned ? 'uint8' : p.dtype))
    throw new Unsupported(`takes ${dtype} values as ${p.dtype}`);
  const producer = graph.producerOf(tensor);
  const others = graph.ops.filter((op) => op.inputs.includes(tensor) && !views.includes(op.type));
  if (others.length > 0 || (producer && !views.includes(producer.type))) {
    throw new Unsupported(`dequantizes "${name}", which is computed without a scale`);
  }
  graph.tensors[tensor] = wanted;
  for (const op of graph.ops) {
    if (op.inputs[0] === tensor && op.outputs[0] !== undefined) declare(graph, op.outputs[0], p);
  }
  if (producer) declare(graph, producer.inputs[0]!, p);
}

const views: readonly string[] = ['RESHAPE', 'TRANSPOSE'];

/** The type of what QuantizeLinear gives: its zero point's, or what it names (operator set 21), else uint8. */
export function outputType(context: NodeContext): DType {
  const zeroPoint = optionalConstant(context, 2, 'zero point');
  const named = dataTypes[context.node.number('output_dtype') ?? 0];
  if (!zeroPoint && named && !named.dtype) throw new Unsupported(`quantizes to ${named.name}`);
  return zeroPoint?.dtype ?? named?.dtype ?? 'uint8';
}

/** Of what an operator over integers gives: of its zero point's type, else of its operand's. */
export function outputParameters(
  context: NodeContext,
  output: { readonly scale: number; readonly zeroPoint: number },
  operand: { readonly value: number },
): Parameters {
  const zeroPoint = optionalConstant(context, output.zeroPoint, 'zero point');
  const given = context.inputs[operand.value];
  const dtype = zeroPoint?.dtype ?? (given && 'dtype' in given ? given.dtype : 'uint8');
  return parametersOf(context, output.scale, output.zeroPoint, dtype);
}
