/** How REDUCE_MAX becomes C. */
import { reduceMaxParameters } from '../../src/ops/reduce_max.js';
import { extremumEmitter } from '../kernels/portable/extremum.js';

export const reduceMax = extremumEmitter('REDUCE_MAX', reduceMaxParameters, '>');
