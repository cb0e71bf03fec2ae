/** MAX_POOL_2D: the largest value of the window. A NaN is never larger, as in C++'s std::max. */
import { float32Max } from '../numerics/activation_range.js';
import { activationFunctionWithMinMax } from '../numerics/rounding.js';
import { typeRange } from './checks.js';
import type { OpDefinition, Step } from './op.js';
import {
  checkPool,
  inferPool,
  type PoolAttributes,
  type PoolParameters,
  poolCombinations,
  poolParameters,
} from './pooling.js';
import { tapsInside } from './sliding_window.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    MAX_POOL_2D: PoolAttributes;
  }
}

type Values = Int8Array | Int16Array | Float32Array;

function simulate(p: PoolParameters, input: Values, output: Values): Step {
  const { height, width, channels } = p.input;
  const { rows, columns } = tapsInside(p);
  const { min, max } = p.activation;
  const lowest = p.dtype === 'float32' ? -float32Max : typeRange(p.dtype).min;
  return () => {
    let o = 0;
    for (let b = 0; b < p.batch; b++) {
      for (let oy = 0; oy < p.output.height; oy++) {
        const top = rows.origin[oy]! + rows.begin[oy]!;
        const bottom = rows.origin[oy]! + rows.end[oy]!;
        for (let ox = 0; ox < p.output.width; ox++) {
          const left = columns.origin[ox]! + columns.begin[ox]!;
          const right = columns.origin[ox]! + columns.end[ox]!;
          for (let c = 0; c < channels; c++) {
            let largest = lowest;
            for (let y = top; y < bottom; y++) {
              let i = ((b * height + y) * width + left) * channels + c;
              for (let x = left; x < right; x++, i += channels) {
                const value = input[i]!;
                if (value > largest) largest = value;
              }
            }
            output[o++] = activationFunctionWithMinMax(largest, min, max);
          }
        }
      }
    }
  };
}

export const maxPool2d: OpDefinition<'MAX_POOL_2D'> = {
  type: 'MAX_POOL_2D',
  supports: poolCombinations,
  check: checkPool,
  infer: inferPool,
  macs: () => 0,
  simulate(op, graph, memory) {
    const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
    return simulate(poolParameters(op, graph), input, output);
  },
};
