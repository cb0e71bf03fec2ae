/**
 * AVERAGE_POOL_2D: the mean of the quantized values themselves (no zero point), rounded with ties away from zero;
 * float32 sums in row order.
 */
import { type PoolAttributes, poolDefinition } from './pooling.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    AVERAGE_POOL_2D: PoolAttributes;
  }
}

export const averagePool2d = poolDefinition('AVERAGE_POOL_2D', (p, input) => {
  const { width, channels } = p.input;
  const isFloat = p.dtype === 'float32';
  return (first, rows, columns) => {
    let sum = 0;
    for (let row = 0, start = first; row < rows; row++, start += width * channels) {
      for (let column = 0, i = start; column < columns; column++, i += channels) {
        sum = isFloat ? Math.fround(sum + input[i]!) : (sum + input[i]!) | 0;
      }
    }
    const count = rows * columns;
    if (isFloat) return Math.fround(sum / count);
    const half = sum > 0 ? count >> 1 : -(count >> 1);
    return Math.trunc((sum + half) / count);
  };
});
