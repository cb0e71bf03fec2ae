/** How TILE becomes C: loops that copy. */
import { tile as definition } from '../../src/ops/tile.js';
import { movementEmitter } from '../movement.js';

export const tile = movementEmitter(definition);
