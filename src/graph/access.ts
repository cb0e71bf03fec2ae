/** Small readers over a Graph, so that op files say `inputTensor(graph, op, 1)` and not index arithmetic. */
import type { AnyOp, DType, Graph, Op, OpType, Shape, Tensor, TensorData } from './graph.js';

const bitsOf: Record<DType, number> = {
  int4: 4,
  int8: 8,
  uint8: 8,
  bool: 8,
  int16: 16,
  int32: 32,
  float32: 32,
  int64: 64,
};

/** Number of elements; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Bytes as TFLite stores them (int4 packed two to a byte, the last odd one in a byte of its own). */
export function byteSize(tensor: Pick<Tensor, 'dtype' | 'shape'>): number {
  return Math.ceil((elementCount(tensor.shape) * bitsOf[tensor.dtype]) / 8);
}

/** Bytes of one element in memory, where int4 is unpacked. */
export function elementBytes(dtype: DType): number {
  return Math.ceil(bitsOf[dtype] / 8);
}

/** The typed array that holds n elements of the type; int4 unpacked, bool as bytes. */
export function allocate(dtype: DType, n: number): TensorData {
  switch (dtype) {
    case 'int4':
    case 'int8':
      return new Int8Array(n);
    case 'uint8':
    case 'bool':
      return new Uint8Array(n);
    case 'int16':
      return new Int16Array(n);
    case 'int32':
      return new Int32Array(n);
    case 'int64':
      return new BigInt64Array(n);
    case 'float32':
      return new Float32Array(n);
  }
}

export function optionalInput<T extends OpType>(graph: Graph, op: Op<T>, i: number): Tensor | undefined {
  const index = op.inputs[i];
  return index === undefined || index < 0 ? undefined : graph.tensors[index];
}

/** The i-th input, which the op's `check` has already shown to be there. */
export function inputTensor<T extends OpType>(graph: Graph, op: Op<T>, i = 0): Tensor {
  const tensor = optionalInput(graph, op, i);
  if (!tensor) throw new Error(`${op.type} "${op.name}" has no input ${i}`);
  return tensor;
}

export function outputTensor<T extends OpType>(graph: Graph, op: Op<T>, i = 0): Tensor {
  const tensor = graph.tensors[op.outputs[i] ?? -1];
  if (!tensor) throw new Error(`${op.type} "${op.name}" has no output ${i}`);
  return tensor;
}

/** Per-tensor scale and zero point, widened to double. */
export function scaleOf(tensor: Tensor): number {
  return tensor.quantization?.scale[0] ?? 0;
}

export function zeroPointOf(tensor: Tensor): number {
  return tensor.quantization?.zeroPoint[0] ?? 0;
}

export function isConstant(tensor: Tensor): boolean {
  return tensor.data !== undefined;
}

/** Keeps its value between inferences. */
export function isState(tensor: Tensor): boolean {
  return tensor.initial !== undefined;
}

/** Outputs of an op; of one that has none the state that it writes, its first input. */
export function writtenBy(op: AnyOp): readonly number[] {
  return op.outputs.length > 0 ? op.outputs : op.inputs.slice(0, 1);
}

/** What TFLM resets a variable tensor to: its zero point if it is int8, else 0. micro_interpreter_graph.cc. */
export function resetValue({ dtype, shape, quantization }: Omit<Tensor, 'name'>): TensorData {
  const data = allocate(dtype, elementCount(shape));
  return dtype === 'int8' ? (data as Int8Array).fill(quantization?.zeroPoint[0] ?? 0) : data;
}
