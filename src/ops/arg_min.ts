/** ARG_MIN: where along an axis the smallest value stands. */
import { argExtremum } from './arg_extremum.js';

export const argMin = argExtremum('ARG_MIN', (value, best) => value < best);
