/** How SPACE_TO_BATCH_ND becomes C: loops that copy. */
import { spaceToBatchNd as definition } from '../../src/ops/space_to_batch_nd.js';
import { movementEmitter } from '../movement.js';

export const spaceToBatchNd = movementEmitter(definition);
