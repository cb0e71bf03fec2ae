/** The portable kernel of REDUCE_MAX, REDUCE_MIN and REDUCE_ALL: loops around a comparison. */
import { elementBytes } from '../../../src/graph/access.js';
import type { Graph, Op } from '../../../src/graph/graph.js';
import type { ExtremumParameters, ExtremumType } from '../../../src/ops/extremum.js';
import { loopOffsets } from '../../../src/ops/reduction.js';
import type { OpEmitter } from '../../layer.js';
import { leadOf } from '../../lead.js';
import { ctypeOf, floatLiteral } from '../../literals.js';
import { loopIndex, printLoops } from '../../reduction.js';

/** @param sign between a value and the one so far that it takes the place of */
export function extremumEmitter<T extends ExtremumType>(
  type: T,
  parameters: (op: Op<T>, graph: Graph) => ExtremumParameters,
  sign: '<' | '>',
): OpEmitter<T> {
  return {
    type,
    lower(op, graph, { index }) {
      const { dtype, kept, reduced, initial } = parameters(op, graph);
      const starts = loopOffsets(kept);
      return {
        op: index,
        kernel: `portable/${type.toLowerCase()}`,
        scratchBytes: 0,
        overlaps: [{ input: 0, lead: leadOf(starts.length, elementBytes(dtype), (i) => starts[i]!) }],
        constants: [],
        sources: [],
        emit(printer, at) {
          const ctype = ctypeOf[dtype];
          printer.line(`const ${ctype} *input = ${at.input(0)};`);
          printer.line(`${ctype} *output = ${at.output(0)};`).line();
          printLoops(printer, 'i', kept, () => {
            printer.line(`const ${ctype} *values = input + ${loopIndex('i', kept)};`);
            printer
              .line(`${ctype} result = ${dtype === 'float32' ? floatLiteral(initial) : initial};`)
              .line();
            printLoops(printer, 'j', reduced, () => {
              const value = `values[${loopIndex('j', reduced)}]`;
              printer.line(`result = ${value} ${sign} result ? ${value} : result;`);
            });
            printer.line('*output++ = result;');
          });
        },
      };
    },
  };
}
