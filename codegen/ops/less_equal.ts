/** How LESS_EQUAL becomes C. */
import { lessEqualParameters } from '../../src/ops/less_equal.js';
import { comparisonEmitter } from '../kernels/portable/comparison.js';

export const lessEqual = comparisonEmitter('LESS_EQUAL', lessEqualParameters, '<=');
