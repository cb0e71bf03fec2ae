/**
 * ELU: x, below 0 e^x − 1. int8 by a table of float32 results. TFLM: kernels/elu.cc, reference/elu.h; the table is made
 * of exp, the float32 kernel of expm1.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import { expFloat32 } from '../numerics/exp_float32.js';
import { expm1Float32 } from '../numerics/expm1_float32.js';
import { clamp, tfLiteRound } from '../numerics/rounding.js';
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type EluAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    ELU: EluAttributes;
  }
}

const f = Math.fround;

export const { definition: elu, parameters: eluParameters } = elementwise({
  type: 'ELU',
  int8(op, graph) {
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const inverseScale = f(1 / scaleOf(output));
    return (q) => {
      const x = f(scaleOf(input) * (q - zeroPointOf(input)));
      const y = x < 0 ? f(expFloat32(x) - 1) : x;
      const rescaled = tfLiteRound(f(y * inverseScale));
      // Beyond int32 C++ leaves it undefined.
      return clamp(Math.trunc(f(rescaled + zeroPointOf(output))), -128, 127);
    };
  },
  float32: () => (x) => (x < 0 ? expm1Float32(x) : x),
});
