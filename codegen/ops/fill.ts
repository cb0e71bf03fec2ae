/** How FILL becomes C: a loop that writes one value. */
import { fill as definition } from '../../src/ops/fill.js';
import { movementEmitter } from '../movement.js';

export const fill = movementEmitter(definition);
