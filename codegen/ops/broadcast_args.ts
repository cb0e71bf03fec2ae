/** How BROADCAST_ARGS becomes C: a loop over the dimensions; those that a shape lacks are 1. */
import { broadcastArgsParameters } from '../../src/ops/broadcast_args.js';
import type { OpEmitter } from '../layer.js';
import { ctypeOf } from '../literals.js';

export const broadcastArgs: OpEmitter<'BROADCAST_ARGS'> = {
  type: 'BROADCAST_ARGS',
  lower(op, graph, { index }) {
    const { dtype, rank, ranks } = broadcastArgsParameters(op, graph);
    return {
      op: index,
      kernel: 'portable/broadcast_args',
      scratchBytes: 0,
      overlaps: [],
      constants: [],
      sources: [],
      emit(printer, at) {
        const type = ctypeOf[dtype];
        const names = ['a', 'b'] as const;
        for (const [i, name] of names.entries()) printer.line(`const ${type} *${name} = ${at.input(i)};`);
        printer.line(`${type} *output = ${at.output(0)};`).line();
        printer.loop('i', rank, () => {
          for (const [i, name] of names.entries()) {
            const lacking = rank - ranks[i]!;
            const value = dtype === 'int64' ? `(int32_t)${name}` : name;
            const dimension = lacking === 0 ? `${value}[i]` : `i < ${lacking} ? 1 : ${value}[i - ${lacking}]`;
            printer.line(`const int32_t dim_${name} = ${dimension};`);
          }
          printer.line().line('output[i] = dim_a == 1 ? dim_b : dim_a;');
        });
      },
    };
  },
};
