/** ARG_MAX: where along an axis the largest value stands. */
import { argExtremum } from './arg_extremum.js';

export const argMax = argExtremum('ARG_MAX', (value, best) => value > best);
