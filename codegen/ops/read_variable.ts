/** How READ_VARIABLE becomes C: a copy, since the variable may change while its value is still needed. */
import { outputTensor } from '../../src/graph/access.js';
import { copyLayer } from '../copy.js';
import type { OpEmitter } from '../layer.js';

export const readVariable: OpEmitter<'READ_VARIABLE'> = {
  type: 'READ_VARIABLE',
  lower: (op, graph, { index }) => copyLayer(index, 0, outputTensor(graph, op)),
};
