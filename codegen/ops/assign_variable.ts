/** How ASSIGN_VARIABLE becomes C: a copy into the state. */
import { inputTensor } from '../../src/graph/access.js';
import { arenaSize } from '../../src/planner/buffers.js';
import { copyLayer } from '../copy.js';
import type { OpEmitter } from '../layer.js';

export const assignVariable: OpEmitter<'ASSIGN_VARIABLE'> = {
  type: 'ASSIGN_VARIABLE',
  lower(op, graph, { index }) {
    const variable = inputTensor(graph, op);
    return {
      ...copyLayer(index, 1, variable),
      emit: (printer, at) =>
        printer.call(at.kernel('crimp_copy'), [at.state(0), at.input(1), `${arenaSize(variable)}`]),
    };
  },
};
