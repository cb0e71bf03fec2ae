/** How REDUCE_MIN becomes C. */
import { reduceMinParameters } from '../../src/ops/reduce_min.js';
import { extremumEmitter } from '../kernels/portable/extremum.js';

export const reduceMin = extremumEmitter('REDUCE_MIN', reduceMinParameters, '<');
