/** How REVERSE_V2 becomes C: loops that copy. */
import { reverseV2 as definition } from '../../src/ops/reverse_v2.js';
import { movementEmitter } from '../movement.js';

export const reverseV2 = movementEmitter(definition);
