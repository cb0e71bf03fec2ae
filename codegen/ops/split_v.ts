/** How SPLIT_V becomes C: loops that copy. */
import { splitV as definition } from '../../src/ops/split_v.js';
import { movementEmitter } from '../movement.js';

export const splitV = movementEmitter(definition);
