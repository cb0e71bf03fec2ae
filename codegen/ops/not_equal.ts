/** How NOT_EQUAL becomes C. */
import { notEqualParameters } from '../../src/ops/not_equal.js';
import { comparisonEmitter } from '../kernels/portable/comparison.js';

export const notEqual = comparisonEmitter('NOT_EQUAL', notEqualParameters, '!=');
