/** The portable kernel of CONCATENATION: concatenation.c. It moves bytes, whatever their type. */
import { elementBytes } from '../../../src/graph/access.js';
import type { ConcatenationParameters } from '../../../src/ops/concatenation.js';
import type { Kernel } from '../../kernel.js';
import type { Overlap } from '../../layer.js';

/**
 * Rows are written in order, each input's part in its turn. When the part of input i goes to the last row, all rows before
 * and the parts of the inputs before it are written, and the input has yet to give its last part. Along the outermost
 * axis there is one row, and the inputs may already lie where they belong.
 */
function overlapsOf({ dtype, rows, parts }: ConcatenationParameters): Overlap[] {
  const row = sum(parts);
  return parts.map((part, input) => {
    const ahead = (rows - 1) * (row - part) + sum(parts.slice(0, input));
    return { input, lead: ahead * elementBytes(dtype) };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((n, v) => n + v, 0);
}

export const portableConcatenation: readonly Kernel<ConcatenationParameters>[] = [
  {
    capability: 'portable',
    name: 'concatenation',
    accepts: () => true,
    lower(p) {
      return {
        scratchBytes: 0,
        overlaps: overlapsOf(p),
        constants: [],
        sources: ['portable/concatenation.c'],
        emit(printer, at) {
          const row = sum(p.parts);
          const kernel = at.kernel('crimp_concatenation');
          const moved = (address: string, stride: number, offset: number) =>
            [address, ...(p.rows > 1 ? [`row * ${stride}`] : []), ...(offset > 0 ? [offset] : [])].join(
              ' + ',
            );
          const calls = () => {
            p.parts.forEach((part, i) => {
              const output = moved(at.output(0), row, sum(p.parts.slice(0, i)));
              const bytes = `${part * elementBytes(p.dtype)}`;
              printer.call(kernel, [output, moved(at.input(i), part, 0), bytes]);
            });
          };
          if (p.rows > 1) printer.loop('row', p.rows, calls);
          else calls();
        },
      };
    },
  },
];
