/** How SHAPE becomes C: a copy of a constant. */
import { shape as definition } from '../../src/ops/shape.js';
import { movementEmitter } from '../movement.js';

export const shape = movementEmitter(definition);
