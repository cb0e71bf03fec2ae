/** How PRELU becomes C. */
import { preluParameters } from '../../src/ops/prelu.js';
import { chooseKernel } from '../kernel.js';
import { portablePrelu } from '../kernels/portable/prelu.js';
import type { OpEmitter } from '../layer.js';

export const prelu: OpEmitter<'PRELU'> = {
  type: 'PRELU',
  lower: (op, graph, context) => chooseKernel(portablePrelu, preluParameters(op, graph), context),
};
