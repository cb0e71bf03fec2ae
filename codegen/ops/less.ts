/** How LESS becomes C. */
import { lessParameters } from '../../src/ops/less.js';
import { comparisonEmitter } from '../kernels/portable/comparison.js';

export const less = comparisonEmitter('LESS', lessParameters, '<');
