/**
 * A piece of the graph that makes of each 8-bit value another 8-bit value, whatever it does in between, is a function of 256
 * values: a LOOKUP_TABLE, whose entries the piece itself computes here. Nothing but the piece may read what lies inside. An
 * operator alone stays, for it has a table of its own or a kernel as fast; one of two operands has neither, and becomes a
 * table where it is not longer than the tensor. Where the value is a single one, dense layers may lie in between as well: a
 * network from one 8-bit value to another is a table, as soon as that is no larger than its constants.
 */
import { byteSize, elementCount, isState } from '../graph/access.js';
import type { AnyOp, DType, Graph, Tensor } from '../graph/graph.js';
import { uniqueNames } from '../graph/names.js';
import { allValues } from '../ops/lookup_table.js';
import { withValues } from './constant_ops.js';
import { pointwise } from './pointwise.js';

const entries = 256;

/** Ops in execution order that make the output of the last one of `source` alone. */
interface Piece {
  readonly source: number;
  readonly ops: readonly AnyOp[];
}

export function fuseElementwise(graph: Graph): Graph {
  const uses = usesOf(graph);
  const name = uniqueNames();
  for (const tensor of graph.tensors) name(tensor.name);
  const tensors = [...graph.tensors];
  const ops: AnyOp[] = [];
  const fused = new Set<AnyOp>();
  for (const end of [...graph.ops].reverse()) {
    if (fused.has(end)) continue;
    const found = kinds.map((kind) => ({ kind, piece: pieceEndingAt(end, graph, uses, kind) }));
    const paying = found.find(({ kind, piece }) => piece && kind.pays(piece, graph));
    const piece = paying?.piece;
    const table = piece && tableOf(piece, graph);
    if (!piece || !table) {
      ops.unshift(end);
      continue;
    }
    for (const op of piece.ops) fused.add(op);
    const index = tensors.push({ ...table, name: name(`${end.name}_table`) }) - 1;
    const { outputs } = end;
    ops.unshift({
      type: 'LOOKUP_TABLE',
      name: end.name,
      inputs: [piece.source, index],
      outputs,
      attributes: {},
    });
  }
  return fused.size === 0 ? graph : { ...graph, tensors, ops };
}

interface Uses {
  /** Index in graph.ops of the op that writes a tensor. */
  readonly writer: ReadonlyMap<number, number>;
  readonly readers: ReadonlyMap<number, readonly AnyOp[]>;
}

function usesOf(graph: Graph): Uses {
  const writer = new Map<number, number>();
  const readers = new Map<number, AnyOp[]>();
  graph.ops.forEach((op, i) => {
    for (const t of op.outputs) writer.set(t, i);
    for (const t of op.inputs) readers.set(t, [...(readers.get(t) ?? []), op]);
  });
  return { writer, readers };
}

/** Which ops a piece is made of. */
interface Kind {
  belongs(op: AnyOp, graph: Graph): boolean;
  canBeSource(tensor: Tensor): boolean;
  pays(piece: Piece, graph: Graph): boolean;
}

const elementwise: Kind = {
  belongs: isPointwise,
  canBeSource: ({ dtype }) => isNarrow(dtype),
  pays,
};

const ofOneValue: Kind = {
  belongs: (op, graph) => isPointwise(op, graph) || isDense(op, graph),
  canBeSource: ({ dtype, shape }) => isNarrow(dtype) && elementCount(shape) === 1,
  pays({ ops }, graph) {
    const constants = new Set(ops.flatMap((op) => op.inputs.filter((t) => graph.tensors[t]?.data)));
    const bytes = [...constants].reduce((n, t) => n + byteSize(graph.tensors[t]!), 0);
    return bytes >= entries && elementCount(graph.tensors[ops.at(-1)!.outputs[0]!]!.shape) === 1;
  },
};

const kinds: readonly Kind[] = [elementwise, ofOneValue];

/** The largest one. */
function pieceEndingAt(
  end: AnyOp,
  graph: Graph,
  { writer, readers }: Uses,
  { belongs, canBeSource }: Kind,
): Piece | undefined {
  if (!belongs(end, graph) || !isNarrow(graph.tensors[end.outputs[0]!]!.dtype)) return undefined;
  const inside = new Set<AnyOp>();
  const sources = new Set<number>();
  const take = (op: AnyOp) => {
    inside.add(op);
    for (const t of op.inputs) if (!graph.tensors[t]!.data) sources.add(t);
  };
  take(end);
  let found: Piece | undefined;
  // The source written last can only go by taking its writer in: all others are written before it.
  for (;;) {
    const [source, other] = sources;
    if (source !== undefined && other === undefined && canBeSource(graph.tensors[source]!)) {
      found = { source, ops: graph.ops.filter((op) => inside.has(op)) };
    }
    let last = -1;
    for (const t of sources) last = Math.max(last, writer.get(t) ?? -1);
    const op = graph.ops[last];
    const output = op?.outputs[0];
    if (!op || output === undefined || !belongs(op, graph) || graph.outputs.includes(output)) return found;
    if (!readers.get(output)!.every((reader) => inside.has(reader))) return found;
    sources.delete(output);
    take(op);
  }
}

/** Every operand but single constants has the output's shape. */
function isPointwise(op: AnyOp, graph: Graph): boolean {
  if (!pointwise.has(op.type) || op.outputs.length !== 1) return false;
  const shape = graph.tensors[op.outputs[0]!]!.shape.join();
  return op.inputs.every((t, i) => {
    const tensor = graph.tensors[t];
    if (!tensor || isState(tensor)) return false;
    if (!tensor.data) return tensor.shape.join() === shape;
    return elementCount(tensor.shape) === 1 || (op.type === 'LOOKUP_TABLE' && i === 1);
  });
}

/** A dense layer of one row, its weights and bias constants. */
function isDense(op: AnyOp, graph: Graph): boolean {
  if (op.type !== 'FULLY_CONNECTED') return false;
  const [input, ...rest] = op.inputs;
  const weights = graph.tensors[rest[0]!];
  return (
    rest.every((t) => t === -1 || graph.tensors[t]!.data !== undefined) &&
    elementCount(graph.tensors[input!]!.shape) === weights?.shape.at(-1)
  );
}

function isNarrow(dtype: DType): dtype is 'int8' | 'uint8' | 'bool' {
  return dtype === 'int8' || dtype === 'uint8' || dtype === 'bool';
}

function pays({ ops, source }: Piece, graph: Graph): boolean {
  const [{ type, inputs }] = ops as [AnyOp];
  if (ops.length > 1) return true;
  return (
    type !== 'LOOKUP_TABLE' && inputs.length > 1 && elementCount(graph.tensors[source]!.shape) >= entries
  );
}

/**
 * What the piece makes of all values that there are, a row for each where there is more than one tensor element;
 * undefined when it cannot be computed.
 */
function tableOf({ ops, source }: Piece, graph: Graph): Tensor | undefined {
  const tensors = [...graph.tensors];
  const single = elementCount(tensors[source]!.shape) === 1;
  const shapeOf = (t: number) => (single ? [entries, elementCount(graph.tensors[t]!.shape)] : [entries]);
  for (const op of ops) {
    for (const t of op.inputs) {
      const data = tensors[t]?.data;
      if (data && op.type !== 'FULLY_CONNECTED') tensors[t] = { ...tensors[t]!, shape: [data.length] };
    }
    const output = op.outputs[0]!;
    tensors[output] = { ...tensors[output]!, shape: shapeOf(output) };
  }
  const { dtype } = tensors[source]!;
  if (!isNarrow(dtype)) return undefined;
  tensors[source] = { ...tensors[source]!, shape: shapeOf(source), data: allValues(dtype) };
  const table = withValues({ ...graph, tensors }, ops, { keepNaN: true })?.[ops.at(-1)!.outputs[0]!];
  return table && { ...table, shape: [entries] };
}
