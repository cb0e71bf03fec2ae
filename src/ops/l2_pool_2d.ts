/** L2_POOL_2D of float32: the root of the mean of the window's squares, summed in row order. TFLM: kernels/l2_pool_2d.cc. */
import { sqrtFloat32 } from '../numerics/sqrt_float32.js';
import { sameDType } from './op.js';
import { type PoolAttributes, poolDefinition } from './pooling.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    L2_POOL_2D: PoolAttributes;
  }
}

export const l2Pool2d = poolDefinition(
  'L2_POOL_2D',
  (p, input) => {
    const { width, channels } = p.input;
    return (first, rows, columns) => {
      let sum = 0;
      for (let row = 0, start = first; row < rows; row++, start += width * channels) {
        for (let column = 0, i = start; column < columns; column++, i += channels) {
          sum = Math.fround(sum + Math.fround(input[i]! * input[i]!));
        }
      }
      return sqrtFloat32(Math.fround(sum / (rows * columns)));
    };
  },
  sameDType('float32'),
);
