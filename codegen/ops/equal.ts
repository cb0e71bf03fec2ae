/** How EQUAL becomes C. */
import { equalParameters } from '../../src/ops/equal.js';
import { comparisonEmitter } from '../kernels/portable/comparison.js';

export const equal = comparisonEmitter('EQUAL', equalParameters, '==');
