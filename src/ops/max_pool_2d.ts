/** MAX_POOL_2D: the largest value of the window. A NaN is never larger, as in C++'s std::max. */
import { float32Max } from '../numerics/activation_range.js';
import { typeRange } from './checks.js';
import { type PoolAttributes, poolDefinition } from './pooling.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    MAX_POOL_2D: PoolAttributes;
  }
}

export const maxPool2d = poolDefinition('MAX_POOL_2D', (p, input) => {
  const { width, channels } = p.input;
  const lowest = p.dtype === 'float32' ? -float32Max : typeRange(p.dtype).min;
  return (first, rows, columns) => {
    let largest = lowest;
    for (let row = 0, start = first; row < rows; row++, start += width * channels) {
      for (let column = 0, i = start; column < columns; column++, i += channels) {
        const value = input[i]!;
        if (value > largest) largest = value;
      }
    }
    return largest;
  };
});
