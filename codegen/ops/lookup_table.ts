/** How LOOKUP_TABLE becomes C. */
import { type LookupTableParameters, lookupTableParameters } from '../../src/ops/lookup_table.js';
import { chooseKernel, type Kernel } from '../kernel.js';
import { portableLookup } from '../kernels/portable/lookup.js';
import type { OpEmitter } from '../layer.js';

const kernels: readonly Kernel<LookupTableParameters>[] = [portableLookup];

export const lookupTable: OpEmitter<'LOOKUP_TABLE'> = {
  type: 'LOOKUP_TABLE',
  lower: (op, graph, context) => chooseKernel(kernels, lookupTableParameters(op, graph), context),
};
