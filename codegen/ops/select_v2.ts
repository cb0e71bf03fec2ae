/** How SELECT_V2 becomes C: nested loops around one choice. */
import { elementBytes } from '../../src/graph/access.js';
import { selectV2Parameters } from '../../src/ops/select_v2.js';
import type { OpEmitter, Overlap } from '../layer.js';
import { ctypeOf } from '../literals.js';

export const selectV2: OpEmitter<'SELECT_V2'> = {
  type: 'SELECT_V2',
  lower(op, graph, { index }) {
    const { dtype, loops } = selectV2Parameters(op, graph);
    const walked = (input: number) => loops.every(({ strides }) => strides[input] !== 0);
    const inputs = [elementBytes(dtype) === 1 ? [0] : [], [1, 2]].flat();
    return {
      op: index,
      kernel: 'portable/select_v2',
      scratchBytes: 0,
      // Operands that are walked one by one may be overwritten in place, where they are as wide as the output.
      overlaps: inputs.filter(walked).map((input): Overlap => ({ input, lead: 0 })),
      constants: [],
      sources: [],
      emit(printer, at) {
        const ctype = ctypeOf[dtype];
        printer.line(`const uint8_t *condition = ${at.input(0)};`);
        printer.line(`const ${ctype} *x = ${at.input(1)};`).line(`const ${ctype} *y = ${at.input(2)};`);
        printer.line(`${ctype} *output = ${at.output(0)};`).line();
        const index = (input: number) => {
          const terms = loops.flatMap(({ strides }, depth) => {
            const stride = strides[input]!;
            return stride === 0 ? [] : [stride === 1 ? `i${depth}` : `i${depth} * ${stride}`];
          });
          return terms.join(' + ') || '0';
        };
        const printFrom = (depth: number): void => {
          if (depth < loops.length) {
            printer.loop(`i${depth}`, loops[depth]!.count, () => printFrom(depth + 1));
          } else printer.line(`*output++ = condition[${index(0)}] != 0 ? x[${index(1)}] : y[${index(2)}];`);
        };
        printFrom(0);
      },
    };
  },
};
