/** How DEPTH_TO_SPACE becomes C: loops that copy. */
import { depthToSpace as definition } from '../../src/ops/depth_to_space.js';
import { movementEmitter } from '../movement.js';

export const depthToSpace = movementEmitter(definition);
