/** How STRIDED_SLICE becomes C: loops that copy. */
import { stridedSlice as definition } from '../../src/ops/strided_slice.js';
import { movementEmitter } from '../movement.js';

export const stridedSlice = movementEmitter(definition);
