/** The graph under construction: tensors, ops, and values brought into the order of axes that an op asks for. */
import { elementCount } from '../../graph/access.js';
import type {
  AnyOp,
  DType,
  OpAttributes,
  OpType,
  Quantization,
  Shape,
  Tensor,
  TensorData,
} from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { permuted, reshaped } from './permute.js';
import {
  type Activation,
  type Constant,
  identity,
  sameInMemory,
  sameList,
  storedShape,
  Unsupported,
} from './value.js';

/** Beyond this a shape is a mistake, not a layer: no microcontroller has the memory. */
const maxElements = 2 ** 26;

export class Writer {
  readonly tensors: Tensor[] = [];
  readonly ops: AnyOp[] = [];
  readonly inputs: number[] = [];
  private readonly tensorName = uniqueNames();
  private readonly opName = uniqueNames();
  private readonly reordered = new Map<string, number>();

  input(name: string, dtype: DType, shape: Shape): number {
    const index = this.add(name, dtype, shape);
    this.inputs.push(index);
    return index;
  }

  /** Appends an op whose outputs have the shapes given; the first has the op's name. */
  op<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    dtype: DType,
    ...shapes: readonly Shape[]
  ): number[] {
    const outputs = shapes.map((shape, i) => this.add(i === 0 ? name : `${name}:${i}`, dtype, shape));
    this.ops.push({ type, name: this.opName(name), inputs, outputs, attributes } as unknown as AnyOp);
    return outputs;
  }

  /** An op of one output. */
  one<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    dtype: DType,
    shape: Shape,
  ): number {
    return this.op(type, name, inputs, attributes, dtype, shape)[0]!;
  }

  constant(name: string, dtype: DType, shape: Shape, data: TensorData): number {
    return this.tensors.push({ name: this.tensorName(name), dtype, shape, data }) - 1;
  }

  integers(name: string, values: readonly number[], shape: Shape = [values.length]): number {
    return this.constant(name, 'int32', shape, Int32Array.from(values));
  }

  floats(name: string, values: ArrayLike<number>, shape: Shape = [values.length]): number {
    return this.constant(name, 'float32', shape, Float32Array.from(values));
  }

  /** Keeps its value from inference to inference; zeros at first. */
  state(name: string, shape: Shape): number {
    const state = this.add(name, 'float32', shape);
    this.tensors[state] = { ...this.tensors[state]!, initial: new Float32Array(elementCount(shape)) };
    return state;
  }

  /**
   * A constant of the model as a tensor of its own. Of one that is quantized it is the real values, which a DEQUANTIZE of the
   * integers gives too.
   *
   * @throws Unsupported for values outside int32
   */
  constantTensor({ name, dims, dtype, values, quantized }: Constant): number {
    if (!quantized) return this.constant(name, ...tensorData(dtype, values, dims));
    const integers = this.constant(name, ...tensorData(quantized.dtype, quantized.values, dims));
    const { scale, zeroPoint, axis } = quantized;
    this.quantize(integers, { scale, zeroPoint, axis });
    const real = this.one('DEQUANTIZE', `${name}/real`, [integers], {}, 'float32', dims);
    this.tensors[real] = { ...this.tensors[real]!, data: Float32Array.from(values) };
    return real;
  }

  /** Says what a tensor's integers stand for. */
  quantize(tensor: number, quantization: Quantization): void {
    this.tensors[tensor] = { ...this.tensors[tensor]!, quantization };
  }

  producerOf(tensor: number): AnyOp | undefined {
    return this.ops.find((op) => op.outputs.includes(tensor));
  }

  /** The value with its axes in this order, if need be by RESHAPE and TRANSPOSE; made once, however often it is asked for. */
  inOrder(value: Activation, order: readonly number[]): number {
    if (value.flattened) return this.inOrder(this.plain(value), order);
    if (sameList(value.order, order)) return value.tensor;
    const key = `${value.tensor} ${value.dims} ${value.order} ${order}`;
    const known = this.reordered.get(key);
    if (known !== undefined) return known;
    const { dims, dtype } = value;
    const { name } = this.tensors[value.tensor]!;
    const target = storedShape(dims, order);
    let { tensor } = value;
    if (!sameInMemory(dims, value.order, order)) {
      const [from, to] = [value.order.filter((axis) => axis >= 0), order.filter((axis) => axis >= 0)];
      tensor = this.reshape(tensor, `${name}/reshape`, dtype, storedShape(dims, from));
      const axes = this.integers(
        `${name}/axes`,
        to.map((axis) => from.indexOf(axis)),
      );
      const inputs = [tensor, axes];
      tensor = this.one('TRANSPOSE', `${name}/transpose`, inputs, {}, dtype, storedShape(dims, to));
      this.keepType(inputs[0]!, tensor);
    }
    tensor = this.reshape(tensor, `${name}/reshape`, dtype, target);
    this.reordered.set(key, tensor);
    return tensor;
  }

  /** The value in ONNX's own order. */
  plain(value: Activation): Activation {
    const order = identity(value.dims.length);
    const source = value.flattened;
    const tensor = source
      ? this.reshape(
          this.inOrder(source, identity(source.dims.length)),
          `${this.tensors[source.tensor]!.name}/flat`,
          value.dtype,
          value.dims,
        )
      : this.inOrder(value, order);
    return { kind: 'activation', dims: value.dims, dtype: value.dtype, tensor, order };
  }

  reshape(tensor: number, name: string, dtype: DType, shape: Shape): number {
    if (sameList(this.tensors[tensor]!.shape, shape)) return tensor;
    const result = this.one('RESHAPE', name, [tensor], { newShape: shape }, dtype, shape);
    this.keepType(tensor, result);
    return result;
  }

  /** Of what is quantized, behind an op that moves it. */
  private keepType(from: number, to: number): void {
    const { dtype, quantization } = this.tensors[from]!;
    if (quantization) this.tensors[to] = { ...this.tensors[to]!, dtype, quantization };
  }

  /** A constant that broadcasts with a value of this order, as short as it can be. */
  broadcast(constant: Constant, order: readonly number[]): number {
    const rank = Math.max(...order, -1) + 1;
    const missing = rank - constant.dims.length;
    if (missing < 0)
      throw new Unsupported(`has a constant of rank ${constant.dims.length} beside a value of rank ${rank}`);
    const axes = order.map((axis) => (axis < missing ? -1 : axis - missing));
    const whole = permuted(constant, axes);
    const from = whole.dims.findIndex((d) => d !== 1);
    return this.constantTensor(reshaped(whole, from < 0 ? [1] : whole.dims.slice(from)));
  }

  private add(name: string, dtype: DType, shape: Shape): number {
    if (!shape.every((d) => Number.isInteger(d) && d > 0) || elementCount(shape) > maxElements) {
      throw new Unsupported(`gives a value of shape [${shape.join(', ')}]`);
    }
    return this.tensors.push({ name: this.tensorName(name), dtype, shape }) - 1;
  }
}

/** ONNX's integers are int64 by habit, TensorFlow Lite's are int32. */
function tensorData(
  dtype: DType,
  values: Float32Array | Float64Array,
  shape: Shape,
): [DType, Shape, TensorData] {
  switch (dtype) {
    case 'float32':
      return [dtype, shape, Float32Array.from(values)];
    case 'int4':
    case 'int8':
      return [dtype, shape, Int8Array.from(values)];
    case 'uint8':
    case 'bool':
      return [dtype, shape, Uint8Array.from(values)];
    case 'int16':
      return [dtype, shape, Int16Array.from(values)];
    default:
      if (!values.every((v) => v === (v | 0))) throw new Unsupported('has integers beyond 32 bits');
      return ['int32', shape, Int32Array.from(values)];
  }
}
