/** How SPLIT becomes C: loops that copy. */
import { split as definition } from '../../src/ops/split.js';
import { movementEmitter } from '../movement.js';

export const split = movementEmitter(definition);
