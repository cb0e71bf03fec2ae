/**
 * AVERAGE_POOL_2D: the mean of the quantized values themselves (no zero point), rounded with ties away from zero;
 * float32 sums in row order.
 */
import { activationFunctionWithMinMax } from '../numerics/rounding.js';
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
    AVERAGE_POOL_2D: PoolAttributes;
  }
}

type Values = Int8Array | Int16Array | Float32Array;

function simulate(p: PoolParameters, input: Values, output: Values): Step {
  const { height, width, channels } = p.input;
  const { rows, columns } = tapsInside(p);
  const { min, max } = p.activation;
  const isFloat = p.dtype === 'float32';
  return () => {
    let o = 0;
    for (let b = 0; b < p.batch; b++) {
      for (let oy = 0; oy < p.output.height; oy++) {
        const top = rows.origin[oy]! + rows.begin[oy]!;
        const bottom = rows.origin[oy]! + rows.end[oy]!;
        for (let ox = 0; ox < p.output.width; ox++) {
          const left = columns.origin[ox]! + columns.begin[ox]!;
          const right = columns.origin[ox]! + columns.end[ox]!;
          const count = (bottom - top) * (right - left);
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            for (let y = top; y < bottom; y++) {
              let i = ((b * height + y) * width + left) * channels + c;
              for (let x = left; x < right; x++, i += channels) {
                sum = isFloat ? Math.fround(sum + input[i]!) : (sum + input[i]!) | 0;
              }
            }
            const half = sum > 0 ? count >> 1 : -(count >> 1);
            const mean = isFloat ? Math.fround(sum / count) : Math.trunc((sum + half) / count);
            output[o++] = activationFunctionWithMinMax(mean, min, max);
          }
        }
      }
    }
  };
}

export const averagePool2d: OpDefinition<'AVERAGE_POOL_2D'> = {
  type: 'AVERAGE_POOL_2D',
  supports: poolCombinations,
  check: checkPool,
  infer: inferPool,
  macs: () => 0,
  simulate(op, graph, memory) {
    const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
    return simulate(poolParameters(op, graph), input, output);
  },
};
