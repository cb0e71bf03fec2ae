/** How UNPACK becomes C: loops that copy. */
import { unpack as definition } from '../../src/ops/unpack.js';
import { movementEmitter } from '../movement.js';

export const unpack = movementEmitter(definition);
