/**
 * TensorFlow.js on WebAssembly trains in plain Node, but its backend lacks the kernels of three convolution
 * gradients. They are composed here from kernels that it has; batch-norm, pooling and dense layers need nothing.
 */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';

type Shape4 = [number, number, number, number];
type Inputs = Readonly<Record<string, T.Tensor4D>>;
interface Attributes {
  readonly filterShape: Shape4;
  readonly inputShape: Shape4;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
}

/** One stride may stand for both. */
type Given = Omit<Attributes, 'strides'> & { readonly strides: number | [number, number] };

function withPair({ strides, ...rest }: Given): Attributes {
  return { ...rest, strides: typeof strides === 'number' ? [strides, strides] : strides };
}

type Gradient = (tf: Tf, inputs: Inputs, a: Attributes) => T.Tensor4D;

const gradients: Readonly<Record<string, Gradient>> = {
  Conv2DBackpropFilter: convFilterGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
};

/** Once in a process. */
export function registerGradients(tf: Tf): void {
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => gradient(tf, inputs as unknown as Inputs, withPair(attrs as unknown as Given))),
    });
  }
}

/** Rows and columns around the image. */
function padding(tf: Tf, input: Shape4, filter: Shape4, a: Attributes) {
  return tf.backend_util.computeConv2DInfo(input, filter, a.strides, 1, a.pad, undefined, true).padInfo;
}

/** Zeros around x so that a 'valid' convolution of the result is the padded one of x. */
function padded(tf: Tf, x: T.Tensor4D, a: Attributes): T.Tensor4D {
  if (a.pad === 'valid') return x;
  const { top, bottom, left, right } = padding(tf, x.shape, a.filterShape, a);
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

/** dW = xᵀ ∗ dy, with batch and channels changing places and the stride as dilation. */
function convFilterGradient(tf: Tf, { x, dy }: Inputs, a: Attributes): T.Tensor4D {
  const images = tf.transpose(padded(tf, x!, a), [3, 1, 2, 0]);
  const filters = tf.transpose(dy!, [1, 2, 0, 3]);
  const whole = tf.conv2d(images, filters, 1, 'valid', 'NHWC', a.strides);
  const gradient = tf.transpose(whole, [1, 2, 0, 3]);
  // Rows and columns that the stride never reaches would add taps.
  const [height, width] = a.filterShape;
  const [rows, columns] = gradient.shape;
  return rows === height && columns === width ? gradient : tf.slice(gradient, [0, 0, 0, 0], a.filterShape);
}

/** One filter tap at a time: dW[r, c] = Σ x shifted by (r, c) · dy. */
function depthwiseFilterGradient(tf: Tf, { x, dy }: Inputs, a: Attributes): T.Tensor4D {
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
function depthwiseInputGradient(tf: Tf, { dy, filter }: Inputs, a: Attributes): T.Tensor4D {
  const [height, width, channels, multiplier] = filter!.shape;
  const turned = tf.reverse(filter!, [0, 1]);
  const [down, right] = a.strides;
  const odd = height % 2 === 1 && width % 2 === 1;
  if (down === 1 && right === 1 && multiplier === 1 && a.pad === 'same' && odd) {
    return tf.depthwiseConv2d(dy!, turned, 1, 'same');
  }
  const [batch, rows, columns] = a.inputShape;
  const { top, left } = padding(tf, a.inputShape, [height, width, channels, multiplier], a);
  const outputs = channels * multiplier;
  const around = spread(tf, dy!, { down, right }, [
    [height - 1 - top, rows + top],
    [width - 1 - left, columns + left],
  ]);
  const filters = tf.reshape(turned, [height, width, outputs, 1]) as T.Tensor4D;
  const copies = tf.depthwiseConv2d(around, filters, 1, 'valid');
  return multiplier === 1
    ? (copies as T.Tensor4D)
    : tf.reshape(tf.sum(tf.reshape(copies, [batch * rows * columns, channels, multiplier]), 2), a.inputShape);
}

/** Zeros before the first position, and how many positions from there on. */
type Side = readonly [before: number, length: number];

/** Zeros between rows and between columns, then around: row y goes to before + y · down. */
function spread(
  tf: Tf,
  x: T.Tensor4D,
  { down, right }: { readonly down: number; readonly right: number },
  [vertical, horizontal]: readonly [Side, Side],
): T.Tensor4D {
  const [batch, rows, columns, channels] = x.shape;
  const none: [number, number] = [0, 0];
  const tall = tf.pad(tf.reshape(x, [batch, rows, 1, columns, channels]), [
    none,
    none,
    [0, down - 1],
    none,
    none,
  ]);
  const wide = tf.pad(tf.reshape(tall, [batch, rows * down, columns, 1, channels]), [
    none,
    none,
    none,
    [0, right - 1],
    none,
  ]);
  const [height, width] = [rows * down, columns * right];
  const whole = tf.reshape(wide, [batch, height, width, channels]);
  const kept = [Math.min(height, vertical[1]), Math.min(width, horizontal[1])] as const;
  return tf.pad(tf.slice(whole, [0, 0, 0, 0], [batch, ...kept, channels]) as T.Tensor4D, [
    none,
    [vertical[0], vertical[1] - kept[0]],
    [horizontal[0], horizontal[1] - kept[1]],
    none,
  ]);
}
