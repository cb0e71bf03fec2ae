/** How ZEROS_LIKE becomes C: a loop that writes zeros. */
import { zerosLike as definition } from '../../src/ops/zeros_like.js';
import { movementEmitter } from '../movement.js';

export const zerosLike = movementEmitter(definition);
