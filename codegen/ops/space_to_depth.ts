/** How SPACE_TO_DEPTH becomes C: loops that copy. */
import { spaceToDepth as definition } from '../../src/ops/space_to_depth.js';
import { movementEmitter } from '../movement.js';

export const spaceToDepth = movementEmitter(definition);
