/** How GREATER becomes C. */
import { greaterParameters } from '../../src/ops/greater.js';
import { comparisonEmitter } from '../kernels/portable/comparison.js';

export const greater = comparisonEmitter('GREATER', greaterParameters, '>');
