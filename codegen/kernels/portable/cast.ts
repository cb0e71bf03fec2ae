/** The portable kernel of CAST: a loop over all values; reals become integers by cast.c. */
import type { CastParameters } from '../../../src/ops/cast.js';
import { typeRange } from '../../../src/ops/checks.js';
import { elementWiseOverlaps } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Addresses } from '../../layer.js';
import { ctypeOf, literals } from '../../literals.js';

/** bool lies in a byte. */
const storage = (type: CastParameters['input']) => (type === 'bool' ? 'uint8' : type);

function converted({ input, output }: CastParameters, at: Addresses): string {
  if (output === 'bool') return `input[i] != 0${input === 'float32' ? '.0f' : ''}`;
  if (input !== 'float32' || output === 'float32') return `(${ctypeOf[output]})input[i]`;
  const { min, max } = typeRange(output);
  const bounds = literals({ ctype: 'int32_t', data: Int32Array.of(min, max) });
  return `(${ctypeOf[output]})${at.kernel('crimp_truncate')}(input[i], ${bounds.join(', ')})`;
}

export const portableCast: readonly Kernel<CastParameters>[] = [
  {
    capability: 'portable',
    name: 'cast',
    accepts: () => true,
    lower: (p) => ({
      scratchBytes: 0,
      overlaps: elementWiseOverlaps(storage(p.input), storage(p.output), p.count),
      constants: [],
      sources: ['portable/cast.c'],
      emit(printer, at) {
        printer.line(`const ${ctypeOf[p.input]} *input = ${at.input(0)};`);
        printer.line(`${ctypeOf[p.output]} *output = ${at.output(0)};`).line();
        printer.loop('i', p.count, () => printer.line(`output[i] = ${converted(p, at)};`));
      },
    }),
  },
];
