/** How SLICE becomes C: loops that copy. */
import { slice as definition } from '../../src/ops/slice.js';
import { movementEmitter } from '../movement.js';

export const slice = movementEmitter(definition);
