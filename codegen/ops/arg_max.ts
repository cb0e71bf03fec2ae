/** How ARG_MAX becomes C. */
import { argExtremumEmitter } from '../kernels/portable/arg_extremum.js';

export const argMax = argExtremumEmitter('ARG_MAX', '>');
