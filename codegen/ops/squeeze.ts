/** How SQUEEZE becomes C: not at all, its output is the input's memory. */
import { squeeze as definition } from '../../src/ops/squeeze.js';
import { movementEmitter } from '../movement.js';

export const squeeze = movementEmitter(definition);
