/**
 * PAD, PADV2 and MIRROR_PAD of rows and columns become the padding of the convolutions and pools that read them, where the
 * result is the same to the bit: convolutions take what lies outside of the image for 0, and MAX_POOL_2D leaves it out.
 */
import { inputTensor, isState, optionalInput, outputTensor, zeroPointOf } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { float32Max } from '../numerics/activation_range.js';
import { computeEffectiveFilterSize, type Sides } from '../numerics/padding.js';
import { typeRange } from '../ops/checks.js';
import { type Extent, imageOf, type Window, windowOutput, windowPadding } from '../ops/convolution.js';
import { paddingsOf } from '../ops/padding.js';
import type { PoolAttributes } from '../ops/pooling.js';
import { sameQuantization } from './replace.js';

type Padding = AnyOp & (Op<'PAD'> | Op<'PADV2'> | Op<'MIRROR_PAD'>);
type Pair = readonly [number, number];
type Convolution = AnyOp & (Op<'CONV_2D'> | Op<'DEPTHWISE_CONV_2D'>);

const summing: readonly AnyOp['type'][] = ['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED'];
/** Their fused activation ends at the zero point of their output. */
const clamping: readonly AnyOp['type'][] = [
  ...summing,
  'ADD',
  'AVERAGE_POOL_2D',
  'MAX_POOL_2D',
  'MUL',
  'SUB',
];

export function foldPad(graph: Graph): Graph {
  for (const op of graph.ops) {
    const folded = isPadding(op) ? fold(graph, op) : undefined;
    if (folded) return foldPad(folded);
  }
  return graph;
}

function isPadding(op: AnyOp): op is Padding {
  return op.type === 'PAD' || op.type === 'PADV2' || op.type === 'MIRROR_PAD';
}

/** Undefined unless everything that reads the padded image can do without. */
function fold(graph: Graph, pad: Padding): Graph | undefined {
  const [source, padded] = [pad.inputs[0]!, pad.outputs[0]!];
  const sides = sidesOf(graph, pad);
  // State may be written before the windows read it.
  if (!sides || graph.outputs.includes(padded) || isState(graph.tensors[source]!)) return undefined;
  if (!sameQuantization(graph.tensors[source]!, graph.tensors[padded]!)) return undefined;
  const folded = new Map<AnyOp, AnyOp>();
  for (const op of graph.ops.filter((o) => o.inputs.includes(padded))) {
    const padding = paddingWith(graph, op, pad, sides);
    if (!padding) return undefined;
    const inputs = [source, ...op.inputs.slice(1)];
    folded.set(op, { ...op, inputs, attributes: { ...op.attributes, padding } } as AnyOp);
  }
  if (folded.size === 0) return undefined;
  return { ...graph, ops: graph.ops.flatMap((op) => (op === pad ? [] : [folded.get(op) ?? op])) };
}

/** Undefined when other axes are padded than rows and columns. */
function sidesOf(graph: Graph, pad: Padding): Sides | undefined {
  const paddings = paddingsOf(pad, graph);
  if (paddings?.length !== 4 || !imageOf(inputTensor(graph, pad as Op))) return undefined;
  const [[n0, n1], [top, bottom], [left, right], [c0, c1]] = paddings as [Pair, Pair, Pair, Pair];
  return n0 + n1 + c0 + c1 === 0 ? { top, bottom, left, right } : undefined;
}

/** The padding of a window that moves over the image itself; undefined where it would not give the same. */
function paddingWith(graph: Graph, op: AnyOp, pad: Padding, sides: Sides): Window['padding'] | undefined {
  if (op.inputs.lastIndexOf(pad.outputs[0]!) !== 0) return undefined;
  const image = imageOf(inputTensor(graph, pad as Op))!;
  if (op.type === 'CONV_2D' || op.type === 'DEPTHWISE_CONV_2D') {
    const [, height = 0, width = 0] = inputTensor(graph, op as Op, 1).shape;
    if (!isZero(graph, pad) || !hasFiniteWeights(graph, op)) return undefined;
    return joined(image, { height, width }, op.attributes, sides);
  }
  if (op.type !== 'MAX_POOL_2D') return undefined;
  const attributes = op.attributes as PoolAttributes;
  const window = { ...attributes, dilation: { height: 1, width: 1 } };
  const kept =
    pad.type === 'MIRROR_PAD' ? mirrorsInside(image, attributes, pad, sides) : isLowest(graph, pad);
  return kept ? joined(image, attributes.filter, window, sides) : undefined;
}

/** The sides of both, or the word for them; undefined when a window would miss the image. */
function joined(image: Extent, filter: Extent, window: Window, pad: Sides): Window['padding'] | undefined {
  const padded = {
    height: pad.top + image.height + pad.bottom,
    width: pad.left + image.width + pad.right,
  };
  const output = windowOutput(padded, filter, window);
  const own = windowPadding(padded, filter, window);
  const along = (axis: keyof Extent, before: number) => {
    const size = computeEffectiveFilterSize(filter[axis], window.dilation[axis]);
    const reach = (output[axis] - 1) * window.stride[axis] + size;
    const after = Math.max(0, reach - before - image[axis]);
    return before < size && after < size ? { before, after } : undefined;
  };
  const rows = along('height', own.top + pad.top);
  const columns = along('width', own.left + pad.left);
  if (!rows || !columns) return undefined;
  const sides = { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after };
  return (['VALID', 'SAME'] as const).find((word) => same(image, filter, window, word, sides)) ?? sides;
}

function same(image: Extent, filter: Extent, window: Window, word: 'VALID' | 'SAME', sides: Sides): boolean {
  const [a, b] = [word, sides].map((padding) => {
    const w = { ...window, padding };
    return { ...windowOutput(image, filter, w), ...windowPadding(image, filter, w) };
  }) as [Extent & { top: number; left: number }, Extent & { top: number; left: number }];
  return a.height === b.height && a.width === b.width && a.top === b.top && a.left === b.left;
}

/** The value around the image, quantized; undefined when it is computed. */
function valueAround(graph: Graph, pad: Padding): number | undefined {
  const output = outputTensor(graph, pad as Op);
  if (pad.type === 'PAD') return output.dtype === 'int8' ? zeroPointOf(output) : 0;
  const value = pad.type === 'PADV2' ? optionalInput(graph, pad as Op, 2)?.data?.[0] : undefined;
  return value === undefined ? undefined : Number(value);
}

function isZero(graph: Graph, pad: Padding): boolean {
  const value = valueAround(graph, pad);
  return value !== undefined && value === zeroPointOf(outputTensor(graph, pad as Op));
}

/** Infinite weights make NaN of 0. */
function hasFiniteWeights(graph: Graph, op: Convolution): boolean {
  const { data } = inputTensor(graph, op as Op, 1);
  return !(data instanceof Float32Array) || data.every(Number.isFinite);
}

/** Nothing in the image is less than the value around it. */
function isLowest(graph: Graph, pad: Padding): boolean {
  const value = valueAround(graph, pad);
  return value !== undefined && value <= leastOf(graph, pad.inputs[0]!);
}

/** What a tensor never falls below, quantized. */
function leastOf(graph: Graph, tensor: number): number {
  const { dtype, ...rest } = graph.tensors[tensor]!;
  const producer = graph.ops.find((op) => op.outputs.includes(tensor));
  if (dtype === 'float32') return producer && sumsUpAndClamps(producer) ? 0 : -float32Max;
  const { min } = typeRange(dtype);
  return producer && isClamped(producer) ? Math.max(min, zeroPointOf(rest as Tensor)) : min;
}

function isClamped({ type, attributes }: AnyOp): boolean {
  const { activation } = attributes as { readonly activation?: string };
  return type === 'RELU' || (clamping.includes(type) && (activation === 'RELU' || activation === 'RELU6'));
}

/** Of real values a sum that begins at 0, which is never −0: elsewhere RELU may give −0, and padding +0. */
function sumsUpAndClamps(op: AnyOp): boolean {
  return summing.includes(op.type) && isClamped(op);
}

/** Every window that reaches beyond the image holds those entries as well that are mirrored there. */
function mirrorsInside(
  image: Extent,
  { filter, stride, padding }: PoolAttributes,
  pad: AnyOp & Op<'MIRROR_PAD'>,
  sides: Sides,
): boolean {
  if (padding !== 'VALID') return false;
  const skip = pad.attributes.mode === 'REFLECT' ? 1 : 0;
  const along = (axis: keyof Extent, before: number, after: number) => {
    const size = image[axis];
    for (let first = -before; first + filter[axis] <= size + after; first += stride[axis]) {
      for (let at = first; at < first + filter[axis]; at++) {
        const mirrored = at < 0 ? skip - 1 - at : at >= size ? 2 * size - 1 - skip - at : at;
        if (mirrored < first || mirrored >= first + filter[axis]) return false;
      }
    }
    return true;
  };
  return along('height', sides.top, sides.bottom) && along('width', sides.left, sides.right);
}
