/** The layer that copies an input to the output as it is. */
import { elementCount } from '../src/graph/access.js';
import type { Tensor } from '../src/graph/graph.js';
import type { Layer } from './layer.js';
import { ctypeOf, sizeOf } from './literals.js';

export function copyLayer(op: number, input: number, output: Tensor): Layer {
  const bytes = elementCount(output.shape) * sizeOf(ctypeOf[output.dtype]);
  return {
    op,
    kernel: 'portable/copy',
    scratchBytes: 0,
    overlaps: [],
    constants: [],
    sources: ['portable/copy.c'],
    emit: (printer, at) => printer.call(at.kernel('crimp_copy'), [at.output(0), at.input(input), `${bytes}`]),
  };
}
