/** How EXPAND_DIMS becomes C: not at all, its output is the input's memory. */
import { expandDims as definition } from '../../src/ops/expand_dims.js';
import { movementEmitter } from '../movement.js';

export const expandDims = movementEmitter(definition);
