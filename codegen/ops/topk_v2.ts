/** How TOPK_V2 becomes C: each value is sorted into the k largest so far. */
import { topkV2Parameters } from '../../src/ops/topk_v2.js';
import type { OpEmitter } from '../layer.js';
import { ctypeOf } from '../literals.js';

export const topkV2: OpEmitter<'TOPK_V2'> = {
  type: 'TOPK_V2',
  lower(op, graph, { index }) {
    const { dtype, rows, size, k } = topkV2Parameters(op, graph);
    return {
      op: index,
      kernel: 'portable/topk_v2',
      scratchBytes: 0,
      overlaps: [],
      constants: [],
      sources: [],
      emit(printer, at) {
        const type = ctypeOf[dtype];
        printer.line(`const ${type} *input = ${at.input(0)};`);
        printer.line(`${type} *values = ${at.output(0)};`);
        printer.line(`int32_t *places = ${at.output(1)};`).line();
        printer.loop('row', rows, () => {
          printer.block(`for (int32_t i = 0; i < ${size}; ++i)`, () => {
            printer.line(`const ${type} value = *input++;`);
            printer.line(`int32_t at = i < ${k} ? i : ${k};`).line();
            printer.block('for (; at > 0 && value > values[at - 1]; --at)', () => {
              printer.line(`if (at == ${k})`).line('    continue;');
              printer.line('values[at] = values[at - 1];');
              printer.line('places[at] = places[at - 1];');
            });
            printer.line(`if (at == ${k})`).line('    continue;');
            printer.line('values[at] = value;');
            printer.line('places[at] = i;');
          });
          printer.line(`values += ${k};`);
          printer.line(`places += ${k};`);
        });
      },
    };
  },
};
