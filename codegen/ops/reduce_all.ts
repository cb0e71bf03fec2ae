/** How REDUCE_ALL becomes C. */
import { reduceAllParameters } from '../../src/ops/reduce_all.js';
import { extremumEmitter } from '../kernels/portable/extremum.js';

export const reduceAll = extremumEmitter('REDUCE_ALL', reduceAllParameters, '<');
