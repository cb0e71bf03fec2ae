/** The portable kernel of GATHER: gather.c. It moves bytes, whatever their type. */
import { elementBytes } from '../../../src/graph/access.js';
import type { GatherParameters } from '../../../src/ops/gather.js';
import type { Kernel } from '../../kernel.js';
import { printStruct } from './weighted.js';

export const portableGather: readonly Kernel<GatherParameters>[] = [
  {
    capability: 'portable',
    name: 'gather',
    accepts: () => true,
    lower: (p) => ({
      scratchBytes: 0,
      overlaps: [],
      constants: [],
      sources: ['portable/gather.c'],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_gather')} gather`, {
          batch: p.batch,
          outer: p.outer,
          entries: p.entries,
          numbers: p.numbers,
          entry_size: p.inner * elementBytes(p.dtype),
        });
        printer.line().call(at.kernel('crimp_gather'), [at.input(0), at.input(1), at.output(0), '&gather']);
      },
    }),
  },
];
