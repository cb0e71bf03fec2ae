/** The layer that copies an input to the output as it is. */
import type { Tensor } from '../src/graph/graph.js';
import { arenaSize } from '../src/planner/buffers.js';
import type { Layer } from './layer.js';

export function copyLayer(op: number, input: number, output: Tensor): Layer {
  return {
    op,
    kernel: 'portable/copy',
    scratchBytes: 0,
    overlaps: [],
    constants: [],
    sources: ['portable/copy.c'],
    emit: (printer, at) =>
      printer.call(at.kernel('crimp_copy'), [at.output(0), at.input(input), `${arenaSize(output)}`]),
  };
}
