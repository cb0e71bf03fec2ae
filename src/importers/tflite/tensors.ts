/** The tensors of a subgraph: shapes, types, quantization, constants; and what is wrong with each. */
import { type Diagnostic, error } from '../../diagnostics.js';
import { decode, dtypeOf, tensorTypeName } from '../../formats/tflite/data.js';
import type { Row } from '../../formats/tflite/schema.js';
import { byteSize, elementCount, resetValue } from '../../graph/access.js';
import type { DType, Quantization, Shape, Tensor, TensorData } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { float16Value } from '../../numerics/float16.js';
import { maxTensorBytes, type OpenShapes } from './shapes.js';

export interface ImportedTensors {
  readonly tensors: Tensor[];
  /** Tensors that the graph cannot express, with the reason; their entry is a stand-in of the right shape. */
  readonly broken: Map<number, string>;
  readonly open: OpenShapes;
}

export function importTensors(
  model: Row<'Model'>,
  subgraph: Row<'SubGraph'>,
  bytes: Uint8Array,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): ImportedTensors {
  const unique = uniqueNames();
  const broken = new Map<number, string>();
  const open: OpenShapes = new Map();
  const constants = new ConstantCache(model.buffers ?? [], bytes);
  const tensors = (subgraph.tensors ?? []).map((row, index): Tensor => {
    const name = unique(row.name || `tensor_${index}`);
    const where = { file, tensor: { index, name } };
    const axes = openAxes(row);
    if (axes.length > 0) open.set(index, axes);
    const shape = importShape(row, axes, (code, message, hint) => report(error(code, message, hint, where)));
    const half = tensorTypeName(row.type) === 'FLOAT16' && constants.has(row.buffer);
    const dtype = half ? 'float32' : dtypeOf(row.type);
    const reason = obstacle(row, dtype);
    if (reason !== undefined || dtype === undefined) {
      broken.set(index, reason ?? '');
      return { name, dtype: dtype ?? 'uint8', shape };
    }
    const quantization = importQuantization(row.quantization, shape, (message) =>
      report(
        error(
          'bad-quantization',
          message,
          'The file is damaged or its writer is at fault: export it again.',
          where,
        ),
      ),
    );
    const data = constants.of(row.buffer, half ? 'float16' : dtype, shape, (message) =>
      report(
        error('bad-constant', message, 'The file is damaged or cut off: export or download it again.', where),
      ),
    );
    if (row.is_variable && data) {
      const message = 'is a variable with stored values, which TFLite does not start from';
      report(error('variable-tensor', message, 'Export the model again.', where));
    }
    const tensor = { name, dtype, shape, ...(quantization && { quantization }) };
    if (data) return { ...tensor, data };
    return row.is_variable ? { ...tensor, initial: resetValue(tensor) } : tensor;
  });
  return { tensors, broken, open };
}

/** Why a tensor cannot be in a graph at all. */
function obstacle(row: Row<'Tensor'>, dtype: DType | undefined): string | undefined {
  if (dtype === undefined) return `is ${tensorTypeName(row.type)}, which is not supported`;
  if (row.sparsity) return 'is stored sparse, which is not supported';
  if (row.external_buffer !== 0) return 'has its data in another file, which is not supported';
  if (row.quantization && row.quantization.details_type !== 0) {
    return 'is quantized by blocks or in a custom way, which is not supported';
  }
  return undefined;
}

/** Those of unknown length; a first axis of 1 is the batch, and taken as it is. */
function openAxes({ shape = [], shape_signature: signature = [] }: Row<'Tensor'>): number[] {
  const open = (d: number, axis: number) => d < 0 || ((signature[axis] ?? 0) < 0 && !(axis === 0 && d === 1));
  return shape.flatMap((d, axis) => (open(d, axis) ? [axis] : []));
}

function importShape(
  row: Row<'Tensor'>,
  open: readonly number[],
  problem: (code: string, message: string, hint: string) => void,
): Shape {
  const shape = (row.shape ?? []).map((d, axis) => (open.includes(axis) ? Math.max(d, 1) : d));
  const size = byteSize({ dtype: dtypeOf(row.type) ?? 'uint8', shape });
  if (size > maxTensorBytes) {
    problem(
      'tensor-too-large',
      `has the shape [${shape.join(', ')}]: ${size} bytes`,
      'No target has that much memory; if the model is smaller, its file is damaged.',
    );
    return shape.map(() => 1);
  }
  return shape;
}

/** Absent when the file has no scales, as float tensors have it. */
function importQuantization(
  row: Row<'QuantizationParameters'> | undefined,
  shape: Shape,
  problem: (message: string) => void,
): Quantization | undefined {
  const scale = row?.scale;
  if (!row || !scale || scale.length === 0) return undefined;
  const zeroPoints = row.zero_point ?? [];
  if (zeroPoints.length > 1 && zeroPoints.length !== scale.length) {
    problem(`has ${scale.length} scales but ${zeroPoints.length} zero points`);
  }
  if (zeroPoints.some((z) => z < -(2 ** 31) || z >= 2 ** 31)) {
    problem(`has a zero point outside int32: ${zeroPoints.find((z) => Math.abs(z) >= 2 ** 31)}`);
  }
  // One zero point stands for all, none for 0.
  const zeroPoint = Int32Array.from(scale, (_, i) => zeroPoints[zeroPoints.length === 1 ? 0 : i] ?? 0);
  // Older converters give a depthwise layer's bias the axis of its filter; one axis leaves no choice.
  const axis = shape.length === 1 && scale.length === shape[0] ? 0 : row.quantized_dimension;
  return { scale, zeroPoint, axis };
}

function halves(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => float16Value(view.getUint16(2 * i, true)));
}

/** Decoded buffers; tensors that share one share its array, so memory is bounded by the file's size. */
class ConstantCache {
  private readonly decoded = new Map<string, TensorData>();

  constructor(
    private readonly buffers: readonly Row<'Buffer'>[],
    private readonly bytes: Uint8Array,
  ) {}

  has(index: number): boolean {
    const { data, size } = this.buffers[index] ?? { size: 0 };
    return index > 0 && (size > 0 || (data?.length ?? 0) > 0);
  }

  /** float16 becomes float32. Undefined for a tensor without data, and for one whose data do not fit its shape. */
  of(
    index: number,
    dtype: DType | 'float16',
    shape: Shape,
    problem: (message: string) => void,
  ): TensorData | undefined {
    if (index === 0) return undefined;
    const buffer = this.buffers[index];
    if (!buffer) {
      problem(`names buffer ${index} of ${this.buffers.length}`);
      return undefined;
    }
    const stored = this.bytesOf(buffer, problem);
    const needed = dtype === 'float16' ? 2 * elementCount(shape) : byteSize({ dtype, shape });
    if (!stored || (stored.length === 0 && needed > 0)) return undefined;
    if (stored.length !== needed) {
      problem(`has ${stored.length} bytes of data; ${dtype} [${shape.join(', ')}] takes ${needed}`);
      return undefined;
    }
    const key = `${index} ${dtype} ${elementCount(shape)}`;
    const data =
      this.decoded.get(key) ?? (dtype === 'float16' ? halves(stored) : decode(stored, dtype, shape));
    this.decoded.set(key, data);
    return data;
  }

  /** Buffers of models over 2 GB lie outside of the FlatBuffer, at `offset`. */
  private bytesOf(buffer: Row<'Buffer'>, problem: (message: string) => void): Uint8Array | undefined {
    const { data, offset, size } = buffer;
    if (offset <= 1) return data ?? new Uint8Array(0);
    if (offset + size <= this.bytes.length) return this.bytes.subarray(offset, offset + size);
    problem(`has its data at bytes ${offset} to ${offset + size} of a file of ${this.bytes.length}`);
    return undefined;
  }
}
