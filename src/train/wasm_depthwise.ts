/** The gradients of DEPTHWISE_CONV_2D by its filter and by its input. */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';
import { type Attributes, type Inputs, padded, spread } from './wasm_window.js';

/** One filter tap at a time: dW[r, c] = Σ x shifted by (r, c) · dy. */
export function depthwiseFilterGradient(tf: Tf, { x, dy }: Inputs, a: Attributes): T.Tensor4D {
  const [height, width, channels, multiplier] = a.filterShape;
  const [batch, rows, columns] = dy!.shape;
  const [down, right] = a.strides;
  const image = padded(tf, x!, a);
  const tap = (r: number, c: number): T.Tensor => {
    if (down === 1 && right === 1) return tf.slice(image, [0, r, c, 0], [batch, rows, columns, channels]);
    const end = [batch, r + (rows - 1) * down + 1, c + (columns - 1) * right + 1, channels];
    return tf.stridedSlice(image, [0, r, c, 0], end, [1, down, right, 1]);
  };
  const taps: T.Tensor[] = [];
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      if (multiplier === 1) taps.push(tf.sum(tf.mul(tap(r, c), dy!), [0, 1, 2]));
      else {
        const shifted = tf.reshape(tap(r, c), [batch * rows * columns, channels, 1]);
        const products = tf.mul(shifted, tf.reshape(dy!, [batch * rows * columns, channels, multiplier]));
        taps.push(tf.sum(products, 0));
      }
    }
  }
  return tf.reshape(tf.stack(taps), a.filterShape);
}

/** dx = dy, spread by the stride, ∗ the filter turned by 180°; copies of a channel add up. */
export function depthwiseInputGradient(tf: Tf, { dy, filter }: Inputs, a: Attributes): T.Tensor4D {
  const [height, width, channels, multiplier] = filter!.shape;
  const turned = tf.reverse(filter!, [0, 1]);
  const [down, right] = a.strides;
  const odd = height % 2 === 1 && width % 2 === 1;
  if (down === 1 && right === 1 && multiplier === 1 && a.pad === 'same' && odd) {
    return tf.depthwiseConv2d(dy!, turned, 1, 'same');
  }
  const [batch, rows, columns] = a.inputShape;
  const outputs = channels * multiplier;
  const around = spread(tf, dy!, filter!.shape, a);
  const filters = tf.reshape(turned, [height, width, outputs, 1]) as T.Tensor4D;
  const copies = tf.depthwiseConv2d(around, filters, 1, 'valid');
  return multiplier === 1
    ? (copies as T.Tensor4D)
    : tf.reshape(tf.sum(tf.reshape(copies, [batch * rows * columns, channels, multiplier]), 2), a.inputShape);
}
