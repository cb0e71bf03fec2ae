/** Convolutions and pools on [1, rows, columns, channels], for layers and graph nodes alike. */
import type { Shape } from '../../graph/graph.js';
import type { FusedActivation } from '../../numerics/activation_range.js';
import type { Padding } from '../../numerics/padding.js';
import { windowOutput } from '../../ops/convolution.js';
import type { ResizeAttributes } from '../../ops/resizing.js';
import { Unsupported, type Value } from './value.js';
import type { Writer } from './writer.js';

export interface WindowOptions {
  readonly padding: Padding;
  /** Rows, columns. */
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

const extent = ([height = 1, width = 1]: readonly number[]) => ({ height, width });

function attributesOf({ padding, strides, dilations }: WindowOptions) {
  return { padding, stride: extent(strides), dilation: extent(dilations) };
}

function outputShape(x: Value, filter: readonly number[], options: WindowOptions, channels: number): Shape {
  const [, rows = 0, columns = 0] = x.shape;
  const { height, width } = windowOutput(extent([rows, columns]), extent(filter), attributesOf(options));
  return [1, height, width, channels];
}

/** @param kernel [rows][columns][channels of a filter][filters] */
export function conv2d(
  graph: Writer,
  name: string,
  x: Value,
  kernel: Float32Array,
  shape: readonly [number, number, number, number],
  bias: number | undefined,
  options: WindowOptions,
  activation: FusedActivation,
  kernelName = `${name}/kernel`,
): Value {
  const [rows, columns, depth, filters] = shape;
  const ohwi = transposed(kernel, filters);
  const weights = graph.floats(kernelName, ohwi, [filters, rows, columns, depth]);
  const inputs = [x.tensor, weights, ...(bias === undefined ? [] : [bias])];
  const output = outputShape(x, [rows, columns], options, filters);
  return graph.op('CONV_2D', name, inputs, { ...attributesOf(options), activation }, output);
}

/** @param kernel [rows][columns][channels][multiplier] */
export function depthwiseConv2d(
  graph: Writer,
  name: string,
  x: Value,
  kernel: Float32Array,
  shape: readonly [number, number, number, number],
  bias: number | undefined,
  options: WindowOptions,
  activation: FusedActivation,
  kernelName = `${name}/depthwise_kernel`,
): Value {
  const [rows, columns, channels, depthMultiplier] = shape;
  const filters = channels * depthMultiplier;
  const weights = graph.floats(kernelName, kernel, [1, rows, columns, filters]);
  const inputs = [x.tensor, weights, ...(bias === undefined ? [] : [bias])];
  const attributes = { ...attributesOf(options), depthMultiplier, activation };
  const output = outputShape(x, [rows, columns], options, filters);
  return graph.op('DEPTHWISE_CONV_2D', name, inputs, attributes, output);
}

/** @param kernel [rows][columns][filters][channels] @param output rows, columns */
export function transposeConv(
  graph: Writer,
  name: string,
  x: Value,
  kernel: Float32Array,
  shape: readonly [number, number, number, number],
  bias: number | undefined,
  { padding, strides }: Omit<WindowOptions, 'dilations'>,
  [height, width]: readonly [number, number],
  activation: FusedActivation,
  kernelName = `${name}/kernel`,
): Value {
  const [rows, columns, filters, depth] = shape;
  const ohwi = new Float32Array(kernel.length);
  for (let place = 0; place < rows * columns; place++) {
    for (let filter = 0; filter < filters; filter++) {
      const from = (place * filters + filter) * depth;
      ohwi.set(kernel.subarray(from, from + depth), (filter * rows * columns + place) * depth);
    }
  }
  const weights = graph.floats(kernelName, ohwi, [filters, rows, columns, depth]);
  const output = [1, height, width, filters];
  const table = graph.integers(`${name}/shape`, output);
  const inputs = [table, weights, x.tensor, ...(bias === undefined ? [] : [bias])];
  return graph.op('TRANSPOSE_CONV', name, inputs, { padding, stride: extent(strides), activation }, output);
}

export function pool2d(
  graph: Writer,
  type: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D',
  name: string,
  x: Value,
  size: readonly number[],
  { padding, strides }: Omit<WindowOptions, 'dilations'>,
): Value {
  const attributes = {
    padding,
    stride: extent(strides),
    filter: extent(size),
    activation: 'NONE' as const,
  };
  const options = { padding, strides, dilations: [1, 1] };
  const output = outputShape(x, size, options, x.shape[3]!);
  return graph.op(type, name, [x.tensor], attributes, output);
}

/** Zeros around: [before, after] of each axis. */
export function pad(
  graph: Writer,
  name: string,
  x: Value,
  paddings: readonly (readonly [number, number])[],
): Value {
  const table = graph.integers(`${name}/paddings`, paddings.flat(), [paddings.length, 2]);
  const shape = x.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1]);
  return graph.op('PAD', name, [x.tensor, table], {}, shape);
}

/** A box of it. */
export function slice(
  graph: Writer,
  name: string,
  x: Value,
  begin: readonly number[],
  size: readonly number[],
): Value {
  const tables = [graph.integers(`${name}/begin`, begin), graph.integers(`${name}/size`, size)];
  return graph.op('SLICE', name, [x.tensor, ...tables], {}, size);
}

/** To so many rows and columns. */
export function resize(
  graph: Writer,
  type: 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR',
  name: string,
  x: Value,
  size: readonly [number, number],
  attributes: ResizeAttributes,
): Value {
  const table = graph.integers(`${name}/size`, size);
  return graph.op(type, name, [x.tensor, table], attributes, [1, ...size, x.shape[3]!]);
}

/** x · weights + bias over the last axis; @param kernel [inputs][outputs] */
export function fullyConnected(
  graph: Writer,
  name: string,
  x: Value,
  kernel: Float32Array,
  outputs: number,
  bias: number | undefined,
  activation: FusedActivation,
  kernelName = `${name}/kernel`,
): Value {
  const depth = x.shape.at(-1)!;
  if (x.shape.length < 2) throw new Unsupported(`has an input of shape [${x.shape.join(', ')}]`);
  const weights = graph.floats(kernelName, transposed(kernel, outputs), [outputs, depth]);
  const attributes = {
    activation,
    keepNumDims: x.shape.length > 2,
    weightsFormat: 'DEFAULT' as const,
  };
  const inputs = [x.tensor, weights, ...(bias === undefined ? [] : [bias])];
  return graph.op('FULLY_CONNECTED', name, inputs, attributes, [...x.shape.slice(0, -1), outputs]);
}

/** The last axis first. */
function transposed(values: Float32Array, last: number): Float32Array {
  const rows = values.length / last;
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < last; c++) result[c * rows + r] = values[r * last + c]!;
  }
  return result;
}
