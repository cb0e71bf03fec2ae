/** 8 bits to 8 bits by a table of 256 entries: lookup.c. */
import type { LookupTableParameters } from '../../../src/ops/lookup_table.js';
import { elementWiseOverlaps, endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Constant, Layer } from '../../layer.js';

export const portableLookup: Kernel<LookupTableParameters> = {
  capability: 'portable',
  name: 'lookup',
  accepts: () => true,
  lower: (p, { label }) => lookupLayer(p, label),
};

export function lookupLayer(p: LookupTableParameters, label: string): Omit<Layer, 'op' | 'kernel'> {
  const [input, output] = [inMemory(p.input), inMemory(p.output)];
  const ending = input === 's8' && output === 's8' ? 's8' : `${input}_${output}`;
  const table: Constant = {
    name: `${label}_table`,
    ctype: output === 's8' ? 'int8_t' : 'uint8_t',
    data: p.table,
    comment: `${label}: the output for each input, by the input's bits`,
    align: 4,
  };
  return {
    scratchBytes: 0,
    overlaps: elementWiseOverlaps('int8', 'int8', p.count),
    constants: [table],
    sources: ['portable/lookup.c'],
    emit(printer, at) {
      const rest = [`${p.count}`, at.constant(table.name)];
      printer.call(at.kernel(`crimp_lookup_${ending}`), [at.input(0), at.output(0), ...rest]);
    },
  };
}

/** A truth value is a byte. */
function inMemory(dtype: LookupTableParameters['input']) {
  return endingOf[dtype === 'bool' ? 'uint8' : dtype];
}
