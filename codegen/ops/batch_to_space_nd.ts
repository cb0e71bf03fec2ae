/** How BATCH_TO_SPACE_ND becomes C: loops that copy. */
import { batchToSpaceNd as definition } from '../../src/ops/batch_to_space_nd.js';
import { movementEmitter } from '../movement.js';

export const batchToSpaceNd = movementEmitter(definition);
