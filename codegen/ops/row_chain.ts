/** How ROW_CHAIN becomes C: the layers of its operators over bands of rows, and a table by which one function calls them. */
import { arenaSize } from '../../src/planner/buffers.js';
import type { OpEmitter } from '../layer.js';
import { chainOf } from '../stripe/chain.js';
import { emitChain, emitParts } from '../stripe/emit.js';
import { type LowerOp, partsOf } from '../stripe/parts.js';

/** @param lowerOp of the operators in the chain */
export function rowChain(lowerOp: LowerOp): OpEmitter<'ROW_CHAIN'> {
  return {
    type: 'ROW_CHAIN',
    lower(op, graph, context) {
      const { ops, byRows, alignment } = op.attributes;
      const chain = chainOf(ops, graph)!;
      const { parts, layout } = partsOf(chain, graph, alignment, context, lowerOp);
      const between = ops.slice(0, -1).map(({ outputs }) => arenaSize(graph.tensors[outputs[0]!]!));
      const emitted = { op, graph, chain, parts, layout };
      return {
        op: context.index,
        kernel: 'portable/row_chain',
        why: `${parts.length} layers, of whose tensors (up to ${Math.max(...between)} bytes) a few rows are held at a time`,
        scratchBytes: layout.bytes,
        work: {
          calls: layout.schedule.calls.reduce((n, calls) => n + calls, 0),
          movedBytes: layout.schedule.movedBytes,
        },
        parts: parts.map(({ layer }, i) => ({ layer, calls: layout.schedule.calls[i]! })),
        overlaps: [],
        ...(byRows && { byRows: 0, rowsRead: layout.schedule.rowsRead }),
        constants: parts.flatMap(({ layer }) => layer.constants),
        sources: ['portable/row_chain.c', ...parts.flatMap(({ layer }) => layer.sources)],
        emitParts: (printer, at) => emitParts(printer, at, emitted),
        emit: (printer, at) => emitChain(printer, at, emitted),
      };
    },
  };
}
