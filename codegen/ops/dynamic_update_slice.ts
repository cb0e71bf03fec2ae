/** How DYNAMIC_UPDATE_SLICE becomes C: a copy, over which the slice is moved. */
import { elementBytes } from '../../src/graph/access.js';
import {
  dynamicUpdateSliceParameters,
  dynamicUpdateSliceOperands as operands,
} from '../../src/ops/dynamic_update_slice.js';
import type { OpEmitter } from '../layer.js';
import { ctypeOf } from '../literals.js';
import { printMove } from '../movement.js';

export const dynamicUpdateSlice: OpEmitter<'DYNAMIC_UPDATE_SLICE'> = {
  type: 'DYNAMIC_UPDATE_SLICE',
  lower(op, graph, { index }) {
    const { dtype, size, last, strides, move } = dynamicUpdateSliceParameters(op, graph);
    const layer = { op: index, scratchBytes: 0, overlaps: [], constants: [], sources: [], emit: () => {} };
    if (last.every((n) => n === 0)) return { ...layer, kernel: 'portable/alias', alias: operands.update };
    return {
      ...layer,
      kernel: 'portable/dynamic_update_slice',
      // The operand is copied before the slice is read: it may lie where the output does, or behind it.
      overlaps: [{ input: operands.operand, lead: 0 }],
      sources: ['portable/move.c', 'portable/slice_begin.c'],
      emit(printer, at) {
        const begin = graph.tensors[op.inputs[operands.start]!]!.dtype;
        printer.line(`const ${ctypeOf[begin]} *begin = ${at.input(operands.start)};`);
        printer.line(`${ctypeOf[dtype]} *slice = ${at.output(0)};`).line();
        const bytes = `${size * elementBytes(dtype)}`;
        printer.call(at.kernel('crimp_move'), ['slice', at.input(operands.operand), bytes]);
        last.forEach((n, axis) => {
          if (n === 0) return;
          const place = `${at.kernel('crimp_slice_begin')}(begin[${axis}], ${n})`;
          printer.line(`slice += ${place}${strides[axis] === 1 ? '' : ` * ${strides[axis]}`};`);
        });
        printMove(printer, at, { move, dtype, source: at.input(operands.update), target: 'slice' });
      },
    };
  },
};
