/** How LOGICAL_NOT becomes C. */
import { logicalNotParameters } from '../../src/ops/logical_not.js';
import type { OpEmitter } from '../layer.js';

export const logicalNot: OpEmitter<'LOGICAL_NOT'> = {
  type: 'LOGICAL_NOT',
  lower(op, graph, { index }) {
    const { count } = logicalNotParameters(op, graph);
    return {
      op: index,
      kernel: 'portable/logical_not',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: 0 }],
      constants: [],
      sources: [],
      emit(printer, at) {
        printer.line(`const uint8_t *input = ${at.input(0)};`);
        printer.line(`uint8_t *output = ${at.output(0)};`).line();
        printer.loop('i', count, () => printer.line('output[i] = input[i] == 0;'));
      },
    };
  },
};
