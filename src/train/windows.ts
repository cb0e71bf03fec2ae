/** Convolutions and pools in TensorFlow.js, as TFLite lays their weights out. Every form has a gradient. */
import type * as T from '@tensorflow/tfjs';
import { float32Max } from '../numerics/activation_range.js';
import { computeOutSize, computePadding } from '../numerics/padding.js';
import type { Extent, Window } from '../ops/convolution.js';
import type { PoolAttributes } from '../ops/pooling.js';
import type { TransposeConvParameters } from '../ops/transpose_conv.js';
import type { Tf } from './tensorflow.js';

const pairOf = ({ height, width }: Extent): [number, number] => [height, width];

/** @param weights OHWI; grouped when they are thinner than x */
export function conv2d(tf: Tf, x: T.Tensor4D, weights: T.Tensor4D, w: Window): T.Tensor4D {
  const filter = dilated(tf, tf.transpose(weights, [1, 2, 3, 0]) as T.Tensor4D, w.dilation);
  const { image, pad } = convolutionPadding(tf, x, filter, w);
  const convolve = (images: T.Tensor4D, part: T.Tensor4D) => tf.conv2d(images, part, pairOf(w.stride), pad);
  const groups = x.shape[3] / filter.shape[2];
  if (groups === 1) return convolve(image, filter);
  const images = tf.split(image, groups, 3) as T.Tensor4D[];
  const filters = tf.split(filter, groups, 3) as T.Tensor4D[];
  return tf.concat(
    images.map((part, i) => convolve(part, filters[i]!)),
    3,
  );
}

/** @param weights 1HWC, C = channels of x · depth multiplier */
export function depthwiseConv2d(tf: Tf, x: T.Tensor4D, weights: T.Tensor4D, w: Window): T.Tensor4D {
  const [, height, width, outputs] = weights.shape;
  const channels = x.shape[3];
  const taps = tf.reshape(weights, [height, width, channels, outputs / channels]) as T.Tensor4D;
  const filter = dilated(tf, taps, w.dilation);
  const { image, pad } = convolutionPadding(tf, x, filter, w);
  return tf.depthwiseConv2d(image, filter, pairOf(w.stride), pad);
}

/** XNNPACK finds the padding itself, but not where the stride is longer than the filter: there every value is 0. */
function convolutionPadding(tf: Tf, x: T.Tensor4D, filter: T.Tensor4D, w: Window) {
  const [height, width] = filter.shape;
  if (w.padding === 'SAME' && height >= w.stride.height && width >= w.stride.width) {
    return { image: x, pad: 'same' } as const;
  }
  return { image: padded(tf, x, { height, width }, w, 0), pad: 'valid' } as const;
}

/**
 * A convolution of the image with zeros between its pixels: TensorFlow.js's own takes no output of any other size than its padding
 * gives.
 *
 * @param weights OHWI
 * @param p of the op: its output, and how much of the sums lies before it
 */
export function transposeConv2d(
  tf: Tf,
  x: T.Tensor4D,
  weights: T.Tensor4D,
  {
    stride,
    padding,
    output,
    filter,
  }: Pick<TransposeConvParameters, 'stride' | 'padding' | 'output' | 'filter'>,
): T.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const apart = tf.pad(tf.reshape(x, [images * height, 1, width, 1, channels]), [
    [0, 0],
    [0, stride.height - 1],
    [0, 0],
    [0, stride.width - 1],
    [0, 0],
  ]);
  const spread = tf.reshape(apart, [images, height * stride.height, width * stride.width, channels]);
  const [top, left] = [filter.height - 1 - padding.top, filter.width - 1 - padding.left];
  const framed = framedTo(tf, spread as T.Tensor4D, {
    top,
    left,
    height: output.height + filter.height - 1,
    width: output.width + filter.width - 1,
  });
  const flipped = tf.reverse(weights, [1, 2]);
  return tf.conv2d(framed, tf.transpose(flipped, [1, 2, 3, 0]) as T.Tensor4D, 1, 'valid');
}

/** The image in a frame of zeros, or what of it lies within. */
function framedTo(
  tf: Tf,
  x: T.Tensor4D,
  frame: { readonly top: number; readonly left: number; readonly height: number; readonly width: number },
): T.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const [top, left] = [Math.max(0, frame.top), Math.max(0, frame.left)];
  const bottom = Math.max(0, frame.height - frame.top - height);
  const right = Math.max(0, frame.width - frame.left - width);
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const begin = [0, Math.max(0, -frame.top), Math.max(0, -frame.left), 0];
  return tf.slice(padded, begin, [images, frame.height, frame.width, channels]) as T.Tensor4D;
}

type Sliding = Pick<Window, 'stride' | 'padding'>;

/** Before the first row or column, and after the last one. */
function paddingOf(x: T.Tensor4D, filter: Extent, { stride, padding }: Sliding) {
  const along = (axis: keyof Extent, size: number): [number, number] => {
    if (padding === 'VALID') return [0, 0];
    if (padding !== 'SAME') {
      return axis === 'height' ? [padding.top, padding.bottom] : [padding.left, padding.right];
    }
    const positions = computeOutSize(padding, size, filter[axis], stride[axis]);
    const total = Math.max(0, (positions - 1) * stride[axis] + filter[axis] - size);
    const before = computePadding(stride[axis], 1, size, filter[axis], positions);
    return [before, total - before];
  };
  return { rows: along('height', x.shape[1]), columns: along('width', x.shape[2]) };
}

/** What a 'valid' window turns into the padding that is asked for. */
function padded(tf: Tf, x: T.Tensor4D, filter: Extent, window: Sliding, value: number): T.Tensor4D {
  const { rows, columns } = paddingOf(x, filter, window);
  if ([...rows, ...columns].every((n) => n === 0)) return x;
  return tf.pad(x, [[0, 0], rows, columns, [0, 0]], value);
}

/** Zeros between the taps: TensorFlow.js has no gradient for dilation, and none together with a stride. HWIO */
function dilated(tf: Tf, filter: T.Tensor4D, dilation: Extent): T.Tensor4D {
  if (dilation.height === 1 && dilation.width === 1) return filter;
  const [height, width, inputs, outputs] = filter.shape;
  const apart = tf.pad(tf.reshape(filter, [height, 1, width, 1, inputs * outputs]), [
    [0, 0],
    [0, dilation.height - 1],
    [0, 0],
    [0, dilation.width - 1],
    [0, 0],
  ]);
  const whole = [height * dilation.height, width * dilation.width, inputs, outputs];
  const spans = [(height - 1) * dilation.height + 1, (width - 1) * dilation.width + 1];
  return tf.slice(tf.reshape(apart, whole), [0, 0, 0, 0], [...spans, inputs, outputs]) as T.Tensor4D;
}

export function maxPool(tf: Tf, x: T.Tensor4D, { filter, stride, padding }: PoolAttributes): T.Tensor4D {
  // XNNPACK has no pooling of single values.
  if (filter.height === 1 && filter.width === 1) return sumPool(tf, x, { filter, stride, padding });
  const image = padded(tf, x, filter, { stride, padding }, -float32Max);
  return tf.maxPool(image, pairOf(filter), pairOf(stride), 'valid');
}

/** Sums over counts: the gradient of TensorFlow.js's own pooling takes padding for values. */
export function averagePool(tf: Tf, x: T.Tensor4D, attributes: PoolAttributes): T.Tensor4D {
  const { filter, stride, padding } = attributes;
  const ones = tf.ones([1, x.shape[1], x.shape[2], 1]) as T.Tensor4D;
  const counts = sumPool(tf, ones, { filter, stride, padding });
  return tf.div(sumPool(tf, x, { filter, stride, padding }), counts);
}

function sumPool(
  tf: Tf,
  x: T.Tensor4D,
  { filter, ...window }: Pick<PoolAttributes, 'filter' | 'stride' | 'padding'>,
): T.Tensor4D {
  const ones = tf.ones([filter.height, filter.width, x.shape[3], 1]) as T.Tensor4D;
  const image = padded(tf, x, filter, window, 0);
  return tf.depthwiseConv2d(image, ones, pairOf(window.stride), 'valid');
}
