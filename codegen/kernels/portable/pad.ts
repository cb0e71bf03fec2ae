/** The portable kernel of PAD: pad.c. It moves bytes, whatever their type. */
import { elementBytes } from '../../../src/graph/access.js';
import type { PadParameters } from '../../../src/ops/pad.js';
import type { Kernel } from '../../kernel.js';

interface ByteDimension {
  readonly before: number;
  readonly size: number;
  readonly after: number;
}

/** Five dimensions, outermost first: paddings in bytes, sizes in entries, of the last one in bytes. */
function byteDimensions(p: PadParameters): readonly ByteDimension[] {
  const given = [...p.dimensions];
  while (given.length < 5) given.unshift({ before: 0, size: 1, after: 0 });
  let entry: number = elementBytes(p.dtype);
  const dimensions: ByteDimension[] = [];
  for (const { before, size, after } of given.reverse()) {
    const innermost = dimensions.length === 0;
    dimensions.unshift({
      before: before * entry,
      size: innermost ? size * entry : size,
      after: after * entry,
    });
    entry *= before + size + after;
  }
  return dimensions;
}

/**
 * Rows go to the output in order, each as a whole. What has been written before the last one is furthest ahead of
 * what has been read: it is all padding but that which follows.
 */
function padLead(dimensions: readonly ByteDimension[]): number {
  let lead = 0;
  let rows = 1;
  for (const { before, size, after } of dimensions) {
    // Entering this dimension `rows` times; all but the last time it is also left.
    lead += before * rows + after * (rows - 1);
    rows *= size;
  }
  return lead;
}

export const portablePad: readonly Kernel<PadParameters>[] = [
  {
    capability: 'portable',
    name: 'pad',
    accepts: () => true,
    lower(p) {
      const dimensions = byteDimensions(p);
      return {
        scratchBytes: 0,
        overlaps: [{ input: 0, lead: padLead(dimensions) }],
        constants: [],
        sources: ['portable/pad.c'],
        emit(printer, at) {
          const struct = `static const struct ${at.kernel('crimp_pad_dimension')} dimensions[5]`;
          printer.array(
            struct,
            dimensions.map((d) => `{${d.before}, ${d.size}, ${d.after}}`),
          );
          const pointers = [`(const uint8_t *)${at.input(0)}`, `(uint8_t *)${at.output(0)}`];
          printer.line().call(at.kernel('crimp_pad'), [...pointers, 'dimensions', `${p.value}`]);
        },
      };
    },
  },
];
