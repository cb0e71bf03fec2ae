/** How TRANSPOSE becomes C: loops that copy. */
import { transpose as definition } from '../../src/ops/transpose.js';
import { movementEmitter } from '../movement.js';

export const transpose = movementEmitter(definition);
