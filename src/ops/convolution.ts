/** What CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED share. */
import { inputTensor, optionalInput, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Tensor, TensorData } from '../graph/graph.js';
import {
  calculateActivationRange,
  calculateActivationRangeQuantized,
  type FusedActivation,
  type Range,
} from '../numerics/activation_range.js';
import {
  computeEffectiveFilterSize,
  computeOutSize,
  computePadding,
  type Padding,
  type Sides,
} from '../numerics/padding.js';
import { quantizeMultipliers } from '../numerics/quantize_multiplier.js';
import { exportAgain, typeRange } from './checks.js';
import type { OpProblem } from './op.js';

export interface Extent {
  readonly height: number;
  readonly width: number;
}

export interface Image extends Extent {
  readonly channels: number;
}

/**
 * int32 requantizes by the double-rounding MultiplyByQuantizedMultiplier, int64 by the overload with the 16-bit
 * multiplier (int16 activations whose bias is int64 or absent).
 */
export type Accumulator = 'int32' | 'int64' | 'float32';

/** What every kernel with weights needs, known at compile time. */
export interface WeightedParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  /** −(input zero point), added to each input value; 0 for int16 and float32. */
  readonly inputOffset: number;
  /** Output zero point, added after requantization; 0 for int16 and float32. */
  readonly outputOffset: number;
  /** One for each output channel; empty for float32. */
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  /** Clamp of the output in quantized values (for float32: in real values). */
  readonly activation: Range;
  /** int4 unpacked to int8. */
  readonly weights: TensorData;
  readonly weightsDtype: 'int4' | 'int8' | 'float32';
  /** One for each output channel: Int32Array, BigInt64Array (int16 only), Float32Array. */
  readonly bias?: TensorData;
  /** Which accumulator TFLM uses, and with it which MultiplyByQuantizedMultiplier. */
  readonly accumulator: Accumulator;
}

/** What CONV_2D and DEPTHWISE_CONV_2D need. There is a multiplier for each channel also when one serves all. */
export interface ConvolutionParameters extends WeightedParameters {
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  readonly filter: Image;
  readonly stride: Extent;
  readonly dilation: Extent;
  /** Rows and columns of padding before the first; what follows is implied. */
  readonly padding: { readonly top: number; readonly left: number };
}

export interface Window {
  /** Sides are the passes' own, which put a PAD into the window that reads it: no file has them. */
  readonly padding: Padding | Sides;
  readonly stride: Extent;
  readonly dilation: Extent;
}

/** Output rows and columns. */
export function windowOutput(input: Extent, filter: Extent, w: Window): Extent {
  const along = (axis: keyof Extent) => {
    const [stride, dilation] = [w.stride[axis], w.dilation[axis]];
    if (typeof w.padding === 'string')
      return computeOutSize(w.padding, input[axis], filter[axis], stride, dilation);
    const [before, after] = sidesAlong(w.padding, axis);
    return computeOutSize('VALID', before + input[axis] + after, filter[axis], stride, dilation);
  };
  return { height: along('height'), width: along('width') };
}

export function windowPadding(input: Extent, filter: Extent, w: Window): { top: number; left: number } {
  if (typeof w.padding !== 'string') return { top: w.padding.top, left: w.padding.left };
  const out = windowOutput(input, filter, w);
  return {
    top: computePadding(w.stride.height, w.dilation.height, input.height, filter.height, out.height),
    left: computePadding(w.stride.width, w.dilation.width, input.width, filter.width, out.width),
  };
}

/** Before and after the image. */
function sidesAlong({ top, bottom, left, right }: Sides, axis: keyof Extent): readonly [number, number] {
  return axis === 'height' ? [top, bottom] : [left, right];
}

export function checkWindow(input: Extent, filter: Extent, w: Window): OpProblem[] {
  const problems: OpProblem[] = [];
  const known = typeof w.padding === 'object' || w.padding === 'SAME' || w.padding === 'VALID';
  if (!known) {
    const hint = 'Use SAME or VALID, and a PAD layer for anything else.';
    problems.push({ code: 'op-attribute', message: `has the unknown padding ${w.padding as string}`, hint });
  }
  for (const axis of ['height', 'width'] as const) {
    const [stride, dilation] = [w.stride[axis], w.dilation[axis]];
    if (!(Number.isInteger(stride) && stride > 0 && Number.isInteger(dilation) && dilation > 0)) {
      const message = `has stride ${stride} and dilation ${dilation} along its ${axis}; both are at least 1`;
      problems.push({ code: 'op-attribute', message, hint: exportAgain });
      continue;
    }
    const size = computeEffectiveFilterSize(filter[axis], dilation);
    const [before, after] = typeof w.padding === 'string' ? [0, 0] : sidesAlong(w.padding, axis);
    // Kernels rely on windows that reach the image.
    if (![before, after].every((n) => Number.isInteger(n) && n >= 0 && n < size)) {
      const message = `pads its ${axis} by ${before} and ${after}; both are from 0 to less than the filter’s ${size}`;
      problems.push({ code: 'op-attribute', message, hint: 'Use a PAD layer.' });
    } else if (known && w.padding !== 'SAME' && size > before + input[axis] + after) {
      const message = `has a filter of ${axis} ${filter[axis]} (dilation ${dilation}) that is larger than its input's ${input[axis]}`;
      problems.push({
        code: 'op-shape',
        message,
        hint: 'Use SAME padding, a larger input or a smaller filter.',
      });
    }
  }
  return problems;
}

/** A tensor of rank 4 without empty dimensions as an image; undefined for any other. */
export function imageOf(tensor: Tensor): (Image & { readonly batch: number }) | undefined {
  const [batch, height, width, channels] = tensor.shape;
  if (tensor.shape.length !== 4 || !batch || !height || !width || !channels) return undefined;
  return { batch, height, width, channels };
}

export function accumulatorOf(
  op: Op<'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED'>,
  graph: Graph,
  input: Tensor,
): Accumulator {
  if (input.dtype !== 'int16') return input.dtype === 'float32' ? 'float32' : 'int32';
  const bias = optionalInput(graph, op, 2);
  const type = 'quantizedBiasType' in op.attributes ? op.attributes.quantizedBiasType : undefined;
  return (bias ? bias.dtype : type) === 'int32' ? 'int32' : 'int64';
}

/** Offsets and clamp; those of float32 are neutral. */
export function offsetsAndRange(
  input: Tensor,
  output: Tensor,
  activation: FusedActivation,
): { readonly inputOffset: number; readonly outputOffset: number; readonly activation: Range } {
  if (input.dtype === 'float32') {
    return { inputOffset: 0, outputOffset: 0, activation: calculateActivationRange(activation) };
  }
  return {
    inputOffset: 0 - zeroPointOf(input),
    outputOffset: zeroPointOf(output),
    activation: calculateActivationRangeQuantized(
      activation,
      scaleOf(output),
      zeroPointOf(output),
      typeRange(input.dtype),
    ),
  };
}

/** @param channels of the output */
export function convolutionParameters(
  op: Op<'CONV_2D' | 'DEPTHWISE_CONV_2D'>,
  graph: Graph,
  filter: Image,
  channels: number,
): ConvolutionParameters {
  const [input, weights, output] = [
    inputTensor(graph, op, 0),
    inputTensor(graph, op, 1),
    outputTensor(graph, op),
  ];
  const { batch, ...image } = imageOf(input)!;
  const { stride, dilation, activation } = op.attributes;
  const scales = input.dtype === 'float32' ? new Float32Array(0) : weights.quantization!.scale;
  return {
    dtype: input.dtype as ConvolutionParameters['dtype'],
    batch,
    input: image,
    output: { ...windowOutput(image, filter, op.attributes), channels },
    filter,
    stride,
    dilation,
    padding: windowPadding(image, filter, op.attributes),
    ...offsetsAndRange(input, output, activation),
    ...quantizeMultipliers(scaleOf(input), scales, scaleOf(output), scales.length === 0 ? 0 : channels),
    weights: weights.data!,
    weightsDtype: weights.dtype as ConvolutionParameters['weightsDtype'],
    bias: optionalInput(graph, op, 2)?.data,
    accumulator: accumulatorOf(op, graph, input),
  };
}

/** Biases as doubles, which hold them exactly (below 2^46 by `check`); zeros when there are none. */
export function exactBias(bias: TensorData | undefined, channels: number): Float64Array {
  return bias ? Float64Array.from(bias as ArrayLike<number | bigint>, Number) : new Float64Array(channels);
}
