/** The chains that there are in a graph, and the graph with one of them in place of its ops. */
import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { type Chain, chainOf } from './chain.js';
import { rowWindow } from './row_window.js';

/** The ops from `from` to before `to`. */
export interface FoundChain {
  readonly chain: Chain;
  readonly from: number;
  readonly to: number;
  /** It reads an input of the model, which it can take row by row. */
  readonly byRows: boolean;
}

/** @param alignment of tensors in the arena, bytes */
export function chainsOf(graph: Graph, alignment: number): FoundChain[] {
  const list: FoundChain[] = [];
  for (let from = 0; from < graph.ops.length; from++) {
    for (let to = from + 1; to <= graph.ops.length && rowWindow(graph.ops[to - 1]!, graph); to++) {
      if (to - from < 2 || !keepsToItself(graph, from, to)) continue;
      const chain = chainOf(graph.ops.slice(from, to), graph);
      if (!chain || !hasAlignedRows(chain, alignment)) continue;
      list.push({ chain, from, to, byRows: false });
      if (isReadOnce(graph, chain.bands[0]!.tensor, from, to)) list.push({ chain, from, to, byRows: true });
    }
  }
  return list;
}

/** The graph with a ROW_CHAIN in place of the chain's ops. */
export function withChain(graph: Graph, { chain, from, to, byRows }: FoundChain, alignment: number): Graph {
  const ops = graph.ops.slice(from, to);
  const { name, outputs } = ops.at(-1)!;
  const constants = new Set(ops.flatMap((op) => op.inputs.filter((t) => t >= 0 && graph.tensors[t]!.data)));
  const joined: AnyOp = {
    type: 'ROW_CHAIN',
    name,
    inputs: [chain.bands[0]!.tensor, ...constants],
    outputs,
    attributes: { ops, byRows, alignment },
  };
  return { ...graph, ops: [...graph.ops.slice(0, from), joined, ...graph.ops.slice(to)] };
}

/** Nothing but the last op's output is read behind these ops. */
function keepsToItself(graph: Graph, from: number, to: number): boolean {
  const inner = new Set(graph.ops.slice(from, to - 1).flatMap((op) => op.outputs));
  const outside = graph.ops.slice(to).flatMap((op) => op.inputs);
  return ![...outside, ...graph.outputs].some((t) => inner.has(t));
}

/** An input of the model that these ops alone read. */
function isReadOnce(graph: Graph, tensor: number, from: number, to: number): boolean {
  const others = graph.ops.filter((_, i) => i < from || i >= to).flatMap((op) => op.inputs);
  return graph.inputs.includes(tensor) && ![...others, ...graph.outputs].includes(tensor);
}

/** Wherever a row begins that a layer reads or writes, a tensor could. */
function hasAlignedRows({ bands, layers }: Chain, alignment: number): boolean {
  // The only reader of rows that come one by one finds them at the start of the band.
  const readers = layers.filter(({ inputs }) => inputs.includes(0)).length;
  return bands.slice(readers === 1 ? 1 : 0).every(({ rowBytes }) => rowBytes % alignment === 0);
}
