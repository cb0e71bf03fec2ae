/** What a window's gradients are told by TensorFlow.js, and images set apart for them. */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';
import { written } from './wasm_memory.js';

export type Shape4 = [number, number, number, number];
export type Inputs = Readonly<Record<string, T.Tensor4D>>;
export interface Attributes {
  /** HWIO; of a convolution. */
  readonly filterShape: Shape4;
  readonly inputShape: Shape4;
  /** Of a pool. */
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
}

export type Gradient = (tf: Tf, inputs: Inputs, a: Attributes) => T.Tensor4D;

type Pairs = 'strides' | 'filterSize';
/** One number may stand for both of a pair. */
export type Given = Omit<Attributes, Pairs> & { readonly [K in Pairs]: number | [number, number] };

export function withPairs({ strides, filterSize, ...rest }: Given): Attributes {
  const pair = (given: number | [number, number]): [number, number] =>
    typeof given === 'number' ? [given, given] : given;
  return { ...rest, strides: pair(strides), filterSize: pair(filterSize) };
}

/** Rows and columns around the image. */
export function padding(tf: Tf, input: Shape4, filter: Shape4, a: Attributes) {
  return tf.backend_util.computeConv2DInfo(input, filter, a.strides, 1, a.pad, undefined, true).padInfo;
}

/** Zeros around x so that a 'valid' convolution of the result is the padded one of x. */
export function padded(tf: Tf, x: T.Tensor4D, a: Attributes): T.Tensor4D {
  if (a.pad === 'valid') return x;
  const { top, bottom, left, right } = padding(tf, x.shape, a.filterShape, a);
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

/**
 * dy with zeros between its rows and columns, as many as the stride skips, and around them: a 'valid' convolution of it
 * with the turned filter has the shape of the input.
 */
export function spread(tf: Tf, dy: T.Tensor4D, filter: Shape4, a: Attributes): T.Tensor4D {
  const [samples, rows, columns, channels] = dy.shape;
  const [down, right] = a.strides;
  const [height, width] = [a.inputShape[1] + filter[0] - 1, a.inputShape[2] + filter[1] - 1];
  const { top, left } = padding(tf, a.inputShape, filter, a);
  const [above, before] = [filter[0] - 1 - top, filter[1] - 1 - left];
  return written<T.Rank.R4>(tf, [samples, height, width, channels], [dy], (values, gradient) => {
    for (let line = 0; line < samples * rows; line++) {
      const row = Math.floor(line / rows) * height + above + (line % rows) * down;
      for (let column = 0; column < columns; column++) {
        const to = (row * width + before + column * right) * channels;
        const from = (line * columns + column) * channels;
        for (let channel = 0; channel < channels; channel++) values[to + channel] = gradient[from + channel]!;
      }
    }
  });
}
