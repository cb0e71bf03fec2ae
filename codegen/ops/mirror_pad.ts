/** How MIRROR_PAD becomes C: loops that copy, within the output too. */
import { mirrorPad as definition } from '../../src/ops/mirror_pad.js';
import { movementEmitter } from '../movement.js';

export const mirrorPad = movementEmitter(definition);
