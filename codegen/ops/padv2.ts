/** How PADV2 becomes C: loops that copy, over the value. */
import { padv2 as definition } from '../../src/ops/padv2.js';
import { movementEmitter } from '../movement.js';

export const padv2 = movementEmitter(definition);
