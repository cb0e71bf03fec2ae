/** The int16 kernels of LOGISTIC and TANH, which share a table (with LSTMs, too): sigmoid_s16.c. */
import { type SigmoidScaling, sigmoidTable } from '../../../src/numerics/sigmoid_int16.js';
import type { Constant } from '../../layer.js';
import type { ElementwiseSources } from './elementwise.js';

type Int16Source = NonNullable<ElementwiseSources<never, SigmoidScaling>['int16']>;

const tableName = (label: string) => `${label}_sigmoid`;

export function sigmoidConstant(label: string): Constant {
  return {
    name: tableName(label),
    ctype: 'uint16_t',
    data: sigmoidTable,
    comment: `${label}: 1 / (1 + e^(-i / 24)), Q0.16, for i = 0 .. 255`,
    align: 4,
  };
}

export function sigmoidInt16(name: 'logistic_s16' | 'tanh_s16'): Int16Source {
  return {
    name,
    file: 'sigmoid_s16',
    constants: (label) => [sigmoidConstant(label)],
    arguments: ({ multiplier, shift }, _printer, at, label) => [
      `${multiplier}`,
      `${shift}`,
      at.constant(tableName(label)),
    ],
  };
}
