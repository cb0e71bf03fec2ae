/** How BROADCAST_TO becomes C: loops that copy. */
import { broadcastTo as definition } from '../../src/ops/broadcast_to.js';
import { movementEmitter } from '../movement.js';

export const broadcastTo = movementEmitter(definition);
