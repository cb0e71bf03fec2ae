/** The gradients of CONV_2D by its filter and by its input. */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';
import { written } from './wasm_memory.js';
import { type Attributes, type Inputs, padded, padding, spread } from './wasm_window.js';

/** Images of so few channels are laid out as a matrix: gray or colored pixels, the first layer's input. */
const fewChannels = 3;

export function filterGradient(tf: Tf, { x, dy }: Inputs, a: Attributes): T.Tensor4D {
  const image = padded(tf, x!, a);
  return image.shape[3] <= fewChannels ? byColumns(tf, image, dy!, a) : byConvolution(tf, image, dy!, a);
}

/** dW = columnsᵀ · dy, where a column holds what one tap of the filter sees. */
function byColumns(tf: Tf, image: T.Tensor4D, dy: T.Tensor4D, a: Attributes): T.Tensor4D {
  const [height, width, channels, filters] = a.filterShape;
  const [samples, rows, columns] = dy.shape;
  const [, imageRows, imageColumns] = image.shape;
  const [down, right] = a.strides;
  const positions = samples * rows * columns;
  const taps = height * width * channels;
  const seen = written<T.Rank.R2>(tf, [taps, positions], [image], (values, pixels) => {
    let to = 0;
    for (let tap = 0; tap < taps; tap++) {
      const [r, c] = [Math.floor(tap / (width * channels)), Math.floor(tap / channels) % width];
      for (let line = 0; line < samples * rows; line++) {
        const y = (line % rows) * down + r;
        let from = ((Math.floor(line / rows) * imageRows + y) * imageColumns + c) * channels;
        from += tap % channels;
        for (let x = 0; x < columns; x++, from += right * channels) values[to++] = pixels[from]!;
      }
    }
  });
  const gradient = tf.matMul(seen, tf.reshape(dy, [positions, filters]) as T.Tensor2D);
  return tf.reshape(gradient, a.filterShape);
}

/** dW = xᵀ ∗ dy, with batch and channels changing places and the stride as dilation. */
function byConvolution(tf: Tf, image: T.Tensor4D, dy: T.Tensor4D, a: Attributes): T.Tensor4D {
  const images = tf.transpose(image, [3, 1, 2, 0]);
  const filters = tf.transpose(dy, [1, 2, 0, 3]);
  const whole = tf.conv2d(images, filters, 1, 'valid', 'NHWC', a.strides);
  const gradient = tf.transpose(whole, [1, 2, 0, 3]);
  // Rows and columns that the stride never reaches would add taps.
  const [height, width] = a.filterShape;
  const [rows, columns] = gradient.shape;
  return rows === height && columns === width ? gradient : tf.slice(gradient, [0, 0, 0, 0], a.filterShape);
}

/** Where the input has so many times the positions of the output, most of what would be multiplied are zeros. */
const manyPositions = 2;

export function inputGradient(tf: Tf, { dy, filter }: Inputs, a: Attributes): T.Tensor4D {
  const [, rows, columns] = a.inputShape;
  const positions = dy!.shape[1] * dy!.shape[2];
  return rows * columns >= manyPositions * positions
    ? byScattering(tf, dy!, filter!, a)
    : byTurnedFilter(tf, dy!, filter!, a);
}

/** dx = dy, spread by the stride, ∗ the filter turned by 180°, with inputs and outputs changing places. */
function byTurnedFilter(tf: Tf, dy: T.Tensor4D, filter: T.Tensor4D, a: Attributes): T.Tensor4D {
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as T.Tensor4D;
  return tf.conv2d(spread(tf, dy, filter.shape, a), turned, 1, 'valid');
}

/** dy · filterᵀ is what each position gives to all that its window has seen: they add up. */
function byScattering(tf: Tf, dy: T.Tensor4D, filter: T.Tensor4D, a: Attributes): T.Tensor4D {
  const [height, width, channels, filters] = filter.shape;
  const [samples, rows, columns] = dy.shape;
  const [, imageRows, imageColumns] = a.inputShape;
  const [down, right] = a.strides;
  const { top, left } = padding(tf, a.inputShape, filter.shape, a);
  const taps = height * width * channels;
  const turned = tf.transpose(tf.reshape(filter, [taps, filters])) as T.Tensor2D;
  const given = tf.matMul(tf.reshape(dy, [samples * rows * columns, filters]) as T.Tensor2D, turned);
  return written<T.Rank.R4>(tf, a.inputShape, [given], (dx, values) => {
    for (let line = 0; line < samples * rows; line++) {
      const image = Math.floor(line / rows) * imageRows;
      const y = (line % rows) * down - top;
      for (let column = 0; column < columns; column++) {
        const x = column * right - left;
        const [first, end] = [Math.max(0, -x), Math.min(width, imageColumns - x)];
        for (let r = Math.max(0, -y); r < Math.min(height, imageRows - y); r++) {
          let from = (line * columns + column) * taps + (r * width + first) * channels;
          let to = ((image + y + r) * imageColumns + x + first) * channels;
          for (let k = (end - first) * channels; k > 0; k--) dx[to++]! += values[from++]!;
        }
      }
    }
  });
}
