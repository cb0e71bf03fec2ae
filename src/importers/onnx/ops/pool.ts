/** MaxPool, AveragePool and the global pools. */
import { float32Max } from '../../../numerics/activation_range.js';
import { typeRange } from '../../../ops/checks.js';
import type { NodeContext, NodeImporter } from '../node_context.js';
import { Unsupported } from '../value.js';
import type { Writer } from '../writer.js';
import { type Image, imageInput, imageValue } from './image.js';
import { type Axis, extent, paddedShape, paddingOf, paddings, type Windows, windowsOf } from './window.js';

function poolWindows({ node }: NodeContext, { value }: Image): Windows {
  const windows = windowsOf(node, value.dims, node.numbers('kernel_shape') ?? []);
  if (windows.rows.dilation !== 1 || windows.columns.dilation !== 1) {
    throw new Unsupported('is a dilated pool');
  }
  return windows;
}

function attributesOf(windows: Windows, padding: 'SAME' | 'VALID') {
  return {
    padding,
    stride: extent(windows, 'stride'),
    filter: extent(windows, 'filter'),
    activation: 'NONE',
  } as const;
}

function outputShape({ shape }: Image, { rows, columns }: Windows): number[] {
  return [shape[0]!, rows.output, columns.output, shape[3]!];
}

export const maxPool: NodeImporter = (context) => {
  const { node, graph } = context;
  if (node.outputs.length > 1 && node.outputs[1] !== '')
    throw new Unsupported('gives the indices of its maxima');
  const image = imageInput(context);
  const windows = poolWindows(context, image);
  const direct = paddingOf(windows);
  const tensor = direct ? image.tensor : paddedForMaximum(context, image, windows);
  const shape = outputShape(image, windows);
  const attributes = attributesOf(windows, direct ?? 'VALID');
  const result = graph.one('MAX_POOL_2D', node.name, [tensor], attributes, 'float32', shape);
  return [imageValue(result, shape, image.value.dims.length)];
};

/** Padding that never is the largest of a window: 0 behind a RELU, else the image mirrored, else the least float. */
function paddedForMaximum({ node, graph }: NodeContext, image: Image, windows: Windows): number {
  const around = graph.integers(`${node.name}/paddings`, paddings(windows), [4, 2]);
  const shape = paddedShape(image.shape, windows);
  const name = `${node.name}/pad`;
  if (neverNegative(graph, image.tensor)) {
    return graph.one('PAD', name, [image.tensor, around], {}, 'float32', shape);
  }
  if (mirrors(windows.rows) && mirrors(windows.columns)) {
    return graph.one('MIRROR_PAD', name, [image.tensor, around], { mode: 'SYMMETRIC' }, 'float32', shape);
  }
  const least = graph.floats(`${name}/value`, [-float32Max], []);
  return graph.one('PADV2', name, [image.tensor, around, least], {}, 'float32', shape);
}

const nonNegative: readonly string[] = [
  'RELU',
  'RELU6',
  'RELU_0_TO_1',
  'LOGISTIC',
  'SOFTMAX',
  'ABS',
  'SQUARE',
  'EXP',
];
const keepingSigns: readonly string[] = [
  'MAX_POOL_2D',
  'AVERAGE_POOL_2D',
  'PAD',
  'RESHAPE',
  'TRANSPOSE',
  'MEAN',
];

function neverNegative(graph: Writer, tensor: number): boolean {
  const producer = graph.producerOf(tensor);
  if (!producer) return false;
  if (producer.type === 'DEQUANTIZE') {
    const { dtype, quantization } = graph.tensors[producer.inputs[0]!]!;
    if (quantization?.zeroPoint[0] === typeRange(dtype).min) return true;
    const quantize = graph.producerOf(producer.inputs[0]!);
    return quantize?.type === 'QUANTIZE' && neverNegative(graph, quantize.inputs[0]!);
  }
  if (keepingSigns.includes(producer.type)) return neverNegative(graph, producer.inputs[0]!);
  return nonNegative.includes(producer.type);
}

/** Whether all that mirrored padding brings into a window is in the window already. */
function mirrors({ size, filter, stride, before, after, output }: Axis): boolean {
  const end = Math.max(0, (output - 1) * stride - before + filter - size);
  return 2 * before <= filter && 2 * end <= filter && before <= size && after <= size;
}

export const averagePool: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const windows = poolWindows(context, image);
  const includesPad = node.number('count_include_pad') === 1;
  const counts = (a: Axis) =>
    countsOf(a, includesPad ? a.before : 0, includesPad ? declaredAfter(context, a, windows) : 0);
  const [rows, columns] = [counts(windows.rows), counts(windows.columns)];
  const padding = paddingOf(windows);
  // TensorFlow Lite divides by what of the window lies inside the image.
  const direct = padding === 'VALID' || (padding === 'SAME' && !includesPad) ? padding : undefined;
  const shape = outputShape(image, windows);
  let { tensor } = image;
  if (!direct) {
    const around = graph.integers(`${node.name}/paddings`, paddings(windows), [4, 2]);
    tensor = graph.one(
      'PAD',
      `${node.name}/pad`,
      [tensor, around],
      {},
      'float32',
      paddedShape(image.shape, windows),
    );
  }
  const whole = windows.rows.filter * windows.columns.filter;
  const corrections = rows.flatMap((r) => columns.map((c) => whole / (r * c)));
  const corrected = !direct && corrections.some((factor) => factor !== 1);
  const name = corrected ? `${node.name}/sum` : node.name;
  let result = graph.one(
    'AVERAGE_POOL_2D',
    name,
    [tensor],
    attributesOf(windows, direct ?? 'VALID'),
    'float32',
    shape,
  );
  if (corrected) {
    const factors = graph.floats(`${node.name}/factors`, corrections, [1, shape[1]!, shape[2]!, 1]);
    result = graph.one('MUL', node.name, [result, factors], { activation: 'NONE' }, 'float32', shape);
  }
  return [imageValue(result, shape, image.value.dims.length)];
};

/** The padding that the node names; what `ceil_mode` reaches beyond it counts in no average. */
function declaredAfter({ node }: NodeContext, axis: Axis, windows: Windows): number {
  const pads = node.numbers('pads');
  if (!pads) return node.number('ceil_mode') === 1 ? 0 : axis.after;
  if (pads.length === 2) return axis === windows.columns ? pads[1]! : 0;
  return axis === windows.rows ? pads[2]! : pads[3]!;
}

/** How many values each window averages. */
function countsOf(axis: Axis, before: number, after: number): number[] {
  const { size, filter, stride, output } = axis;
  return Array.from({ length: output }, (_, i) => {
    const start = i * stride - axis.before;
    return Math.min(start + filter, size + after) - Math.max(start, -before);
  });
}

/** GlobalAveragePool and GlobalMaxPool: one value for each channel. */
export const globalAveragePool: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const shape = [image.shape[0]!, 1, 1, image.shape[3]!];
  const axes = graph.integers(`${node.name}/axes`, [1, 2]);
  const result = graph.one('MEAN', node.name, [image.tensor, axes], { keepDims: true }, 'float32', shape);
  return [imageValue(result, shape, image.value.dims.length)];
};

export const globalMaxPool: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const [n, height, width, c] = image.shape as readonly [number, number, number, number];
  const attributes = {
    padding: 'VALID',
    stride: { height: 1, width: 1 },
    filter: { height, width },
    activation: 'NONE',
  } as const;
  const result = graph.one('MAX_POOL_2D', node.name, [image.tensor], attributes, 'float32', [n, 1, 1, c]);
  return [imageValue(result, [n, 1, 1, c], image.value.dims.length)];
};
