/** The portable kernel of ARG_MAX and ARG_MIN: loops around a comparison. */
import { type ArgExtremumType, argExtremumParameters } from '../../../src/ops/arg_extremum.js';
import type { OpEmitter } from '../../layer.js';
import { ctypeOf } from '../../literals.js';

/** @param sign between a value and the best so far that it takes the place of */
export function argExtremumEmitter<T extends ArgExtremumType>(type: T, sign: '<' | '>'): OpEmitter<T> {
  return {
    type,
    lower(op, graph, { index }) {
      const { dtype, outer, size, inner } = argExtremumParameters(op, graph);
      return {
        op: index,
        kernel: `portable/${type.toLowerCase()}`,
        scratchBytes: 0,
        overlaps: [],
        constants: [],
        sources: [],
        emit(printer, at) {
          const valueAt = (place: string) => `values[${place}${inner === 1 ? '' : ` * ${inner}`}]`;
          printer.line(`const ${ctypeOf[dtype]} *input = ${at.input(0)};`);
          printer.line(`int32_t *output = ${at.output(0)};`).line();
          printer.loop('outer', outer, () => {
            printer.loop('inner', inner, () => {
              printer.line(`const ${ctypeOf[dtype]} *values = input + outer * ${size * inner} + inner;`);
              printer.line('int32_t place = 0;').line();
              printer.block(`for (int32_t i = 1; i < ${size}; ++i)`, () => {
                printer.line(`place = ${valueAt('i')} ${sign} ${valueAt('place')} ? i : place;`);
              });
              printer.line('*output++ = place;');
            });
          });
        },
      };
    },
  };
}
