/** How EMBEDDING_LOOKUP becomes C. */
import { type EmbeddingLookupParameters, embeddingLookupParameters } from '../../src/ops/embedding_lookup.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableEmbeddingLookup } from '../kernels/portable/embedding_lookup.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<EmbeddingLookupParameters>[] = [...portableEmbeddingLookup];

export const embeddingLookup: OpEmitter<'EMBEDDING_LOOKUP'> = {
  type: 'EMBEDDING_LOOKUP',
  lower: (op, graph, context) => chooseKernel(kernels, embeddingLookupParameters(op, graph), context),
};
