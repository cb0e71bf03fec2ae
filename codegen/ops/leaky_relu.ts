/** How LEAKY_RELU becomes C. */
import { leakyReluParameters } from '../../src/ops/leaky_relu.js';
import { elementwiseEmitter } from '../kernels/portable/elementwise.js';
import { printStruct } from '../kernels/portable/weighted.js';
import { floatLiteral } from '../literals.js';

export const leakyRelu = elementwiseEmitter('LEAKY_RELU', leakyReluParameters, {
  float32: {
    name: 'leaky_relu_f32',
    arguments: ({ attributes }) => [floatLiteral(Math.fround(attributes.alpha))],
  },
  int16: {
    name: 'leaky_relu_s16',
    arguments(p, printer, at) {
      printStruct(printer, `struct ${at.kernel('crimp_leaky_relu')} relu`, {
        input_zero_point: p.inputZeroPoint,
        output_zero_point: p.outputZeroPoint,
        identity_multiplier: p.identity.multiplier,
        identity_shift: p.identity.shift,
        alpha_multiplier: p.alpha.multiplier,
        alpha_shift: p.alpha.shift,
        alpha_sign: p.negated ? -1 : 1,
      });
      printer.line();
      return ['&relu'];
    },
  },
});
