/** How GREATER_EQUAL becomes C. */
import { greaterEqualParameters } from '../../src/ops/greater_equal.js';
import { comparisonEmitter } from '../kernels/portable/comparison.js';

export const greaterEqual = comparisonEmitter('GREATER_EQUAL', greaterEqualParameters, '>=');
