/** The gradient of MAX_POOL_2D. */
import type * as T from '@tensorflow/tfjs';
import type { Tf } from './tensorflow.js';
import { written } from './wasm_memory.js';
import { type Attributes, type Inputs, padding } from './wasm_window.js';

/** Each value of dy goes to the first of the largest values in its window; padding is none of them. */
export function maxPoolGradient(tf: Tf, { dy, input }: Inputs, a: Attributes): T.Tensor4D {
  const shape = input!.shape;
  const [samples, rows, columns, channels] = dy!.shape;
  const { top, left } = padding(tf, shape, [...a.filterSize, channels, channels], a);
  const down = windows(rows, { stride: a.strides[0], before: top, length: a.filterSize[0], size: shape[1] });
  const right = windows(columns, {
    ...{ stride: a.strides[1], before: left, length: a.filterSize[1], size: shape[2] },
  });
  return written<T.Rank.R4>(tf, shape, [input!, dy!], (dx, x, gradient) => {
    for (let line = 0; line < samples * rows; line++) {
      const image = Math.floor(line / rows) * shape[1];
      const { first, end } = down[line % rows]!;
      for (let column = 0; column < columns; column++) {
        const { first: from, end: to } = right[column]!;
        const at = (line * columns + column) * channels;
        for (let channel = 0; channel < channels; channel++) {
          let best = ((image + first) * shape[2] + from) * channels + channel;
          let largest = x[best]!;
          for (let r = first; r < end; r++) {
            let i = ((image + r) * shape[2] + from) * channels + channel;
            for (let c = from; c < to; c++, i += channels) {
              if (x[i]! > largest) {
                largest = x[i]!;
                best = i;
              }
            }
          }
          dx[best]! += gradient[at + channel]!;
        }
      }
    }
  });
}

interface Axis {
  readonly stride: number;
  readonly before: number;
  readonly length: number;
  readonly size: number;
}

/** The part of each window that lies in the image. */
function windows(count: number, { stride, before, length, size }: Axis): { first: number; end: number }[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return { first: Math.max(0, start), end: Math.min(size, start + length) };
  });
}
