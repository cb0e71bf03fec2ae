/** The portable kernels of EMBEDDING_LOOKUP: embedding_lookup.c. */
import { elementBytes } from '../../../src/graph/access.js';
import type { EmbeddingLookupParameters } from '../../../src/ops/embedding_lookup.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral } from '../../literals.js';

export const portableEmbeddingLookup: readonly Kernel<EmbeddingLookupParameters>[] = [
  {
    capability: 'portable',
    name: 'embedding_lookup',
    accepts: () => true,
    lower: ({ dtype, lookups, rows, columns, scale }) => ({
      scratchBytes: 0,
      overlaps: [],
      constants: [],
      sources: ['portable/embedding_lookup.c'],
      emit(printer, at) {
        const table = [at.input(0), `${lookups}`, at.input(1), `${rows}`];
        if (scale === undefined) {
          const bytes = `${columns * elementBytes(dtype)}`;
          printer.call(at.kernel('crimp_embedding_lookup'), [...table, bytes, at.output(0)]);
        } else {
          const rest = [`${columns}`, at.output(0), floatLiteral(scale)];
          printer.call(at.kernel('crimp_embedding_lookup_s8_f32'), [...table, ...rest]);
        }
      },
    }),
  },
];
