/** The portable kernel of operators that make each value of two: a loop around an expression of C. */
import type { Graph, Op, OpType } from '../../../src/graph/graph.js';
import type { BinaryParameters } from '../../../src/ops/binary.js';
import { broadcastOverlaps, printBroadcastLoops } from '../../element_wise.js';
import type { Addresses, OpEmitter } from '../../layer.js';
import { ctypeOf } from '../../literals.js';
import type { Printer } from '../../printer.js';

/** The operands as expressions, and where the functions that take them are. */
interface Operands<T extends OpType> {
  readonly a: string;
  readonly b: string;
  readonly at: Addresses;
  readonly op: Op<T>;
}

interface BinaryExpression<T extends OpType, Quantized> {
  readonly sources?: readonly string[];
  /** Statements before the loops. */
  readonly prepare?: (quantized: Quantized, printer: Printer, at: Addresses) => void;
  value(parameters: BinaryParameters<Quantized>, operands: Operands<T>): string;
}

export function binaryEmitter<T extends OpType, Quantized = never>(
  type: T,
  parameters: (op: Op<T>, graph: Graph) => BinaryParameters<Quantized>,
  { sources = [], prepare, value }: BinaryExpression<T, Quantized>,
): OpEmitter<T> {
  return {
    type,
    lower(op, graph, { index }) {
      const p = parameters(op, graph);
      return {
        op: index,
        kernel: `portable/${type.toLowerCase()}`,
        scratchBytes: 0,
        overlaps: broadcastOverlaps(p.loops),
        constants: [],
        sources,
        emit(printer, at) {
          if (p.quantized !== undefined) prepare?.(p.quantized, printer, at);
          printBroadcastLoops(printer, at, p.loops, ({ a, b, output, run }) => {
            const [from, to] = [ctypeOf[p.input], ctypeOf[p.output]];
            printer.line(`const ${from} *a = ${a};`).line(`const ${from} *b = ${b};`);
            printer.line(`${to} *output = ${output};`).line();
            printer.loop('i', run.count, () => {
              const operands = { a: `a[${run.a ? 'i' : 0}]`, b: `b[${run.b ? 'i' : 0}]`, at, op };
              printer.line(`output[i] = (${to})(${value(p, operands)});`);
            });
          });
        },
      };
    },
  };
}
