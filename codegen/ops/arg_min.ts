/** How ARG_MIN becomes C. */
import { argExtremumEmitter } from '../kernels/portable/arg_extremum.js';

export const argMin = argExtremumEmitter('ARG_MIN', '<');
