/**
 * DIV of float32 with broadcasting. TFLM: kernels/div.cc, reference/div.h. Its int8 and int32 forms are not here: they
 * do not say what a division by 0 gives.
 */
import { outputTensor } from '../graph/access.js';
import { calculateActivationRange, type FusedActivation } from '../numerics/activation_range.js';
import { invalidFloat32 } from '../numerics/float32_bits.js';
import { activationFunctionWithMinMax } from '../numerics/rounding.js';
import { binary } from './binary.js';
import { activationProblems } from './checks.js';
import { sameDType } from './op.js';

export interface DivAttributes {
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    DIV: DivAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'DIV',
  supports: sameDType('float32'),
  check: (op, graph) => activationProblems(op.attributes.activation, outputTensor(graph, op)),
  value(op) {
    const { min, max } = calculateActivationRange(op.attributes.activation);
    return (a, b) => {
      const quotient = Math.fround(a / b);
      return Number.isNaN(quotient) ? invalidFloat32 : activationFunctionWithMinMax(quotient, min, max);
    };
  },
});

export { definition as div, parameters as divParameters };
