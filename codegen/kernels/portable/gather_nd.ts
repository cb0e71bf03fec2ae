/** The portable kernel of GATHER_ND: gather_nd.c. It moves bytes, whatever their type. */
import { elementBytes } from '../../../src/graph/access.js';
import type { GatherNdParameters } from '../../../src/ops/gather_nd.js';
import type { Kernel } from '../../kernel.js';
import { printStruct } from './weighted.js';

export const portableGatherNd: readonly Kernel<GatherNdParameters>[] = [
  {
    capability: 'portable',
    name: 'gather_nd',
    accepts: () => true,
    lower: (p) => ({
      scratchBytes: 0,
      overlaps: [],
      constants: [],
      sources: ['portable/gather_nd.c'],
      emit(printer, at) {
        const element = elementBytes(p.dtype);
        printStruct(printer, `struct ${at.kernel('crimp_gather_nd')} gather`, {
          slices: p.slices,
          coordinates: p.strides.length,
          strides: `{${p.strides.join(', ')}}`,
          last: p.last,
          element,
          slice_size: p.inner * element,
        });
        printer
          .line()
          .call(at.kernel('crimp_gather_nd'), [at.input(0), at.input(1), at.output(0), '&gather']);
      },
    }),
  },
];
