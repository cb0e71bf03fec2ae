/** How DIV becomes C. */
import { calculateActivationRange } from '../../src/numerics/activation_range.js';
import { divParameters } from '../../src/ops/div.js';
import { binaryEmitter } from '../kernels/portable/binary.js';
import { floatLiteral } from '../literals.js';

export const div = binaryEmitter('DIV', divParameters, {
  sources: ['portable/float_clamp.c'],
  value(_p, { a, b, at, op }) {
    const { min, max } = calculateActivationRange(op.attributes.activation);
    return `${at.kernel('crimp_float_clamp')}(${a} / ${b}, ${floatLiteral(min)}, ${floatLiteral(max)})`;
  },
});
