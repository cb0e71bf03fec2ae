/**
 * What the planner places: one buffer for each group of tensors that share memory (views) and for each scratch
 * area, with the layers between which it is live, and the pairs that may lie over each other.
 */
import { elementBytes, elementCount, isState } from '../graph/access.js';
import type { Graph, Tensor } from '../graph/graph.js';
import type { PlanLayer } from './plan.js';

export interface Buffer {
  /** Rounded up to the alignment, at least one unit so that no two buffers share an address. */
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface Buffers {
  readonly list: readonly Buffer[];
  /** Buffer of each tensor, by tensor index. */
  readonly ofTensor: readonly (number | undefined)[];
  /** Buffer of each layer's scratch. */
  readonly ofScratch: readonly (number | undefined)[];
  /** leads[output].get(input): the output may start that many bytes or more before the input; aligned. */
  readonly leads: readonly ReadonlyMap<number, number>[];
  /** exact[output].has(input): of the places over the input only its own start will do. */
  readonly exact: readonly ReadonlySet<number>[];
}

/** Bytes of a tensor in the arena; unlike in files, int4 is unpacked there. */
export function arenaSize(tensor: Pick<Tensor, 'dtype' | 'shape'>): number {
  return elementCount(tensor.shape) * elementBytes(tensor.dtype);
}

function roundUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** The tensor whose memory each tensor uses: itself, or what it is a view of. */
function owners(layers: readonly PlanLayer[], graph: Graph): number[] {
  const owner = graph.tensors.map((_, i) => i);
  for (const layer of layers) {
    const op = graph.ops[layer.op]!;
    if (layer.alias !== undefined) owner[op.outputs[0]!] = owner[op.inputs[layer.alias]!]!;
  }
  return owner;
}

export function collectBuffers(layers: readonly PlanLayer[], graph: Graph, alignment: number): Buffers {
  const owner = owners(layers, graph);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  const touch = (tensor: number, time: number) => {
    if (tensor < 0 || graph.tensors[tensor]!.data) return;
    const own = owner[tensor]!;
    first.set(own, Math.min(first.get(own) ?? time, time));
    last.set(own, Math.max(last.get(own) ?? time, time));
  };
  const byRows = new Set(
    layers.map((l) => (l.byRows === undefined ? -1 : graph.ops[l.op]!.inputs[l.byRows]!)),
  );
  for (const t of graph.inputs) if (!byRows.has(t)) touch(t, -1);
  layers.forEach((layer, time) => {
    const op = graph.ops[layer.op]!;
    for (const t of [...op.inputs, ...op.outputs]) if (!byRows.has(t)) touch(t, time);
  });
  for (const t of graph.outputs) touch(t, layers.length);
  // State outlives the inference at both ends.
  for (const own of [...first.keys()]) {
    if (!isState(graph.tensors[own]!)) continue;
    touch(own, -1);
    touch(own, layers.length);
  }

  const list: Buffer[] = [];
  const index = new Map<number, number>();
  const sizes = new Map<number, number>();
  graph.tensors.forEach((t, i) => {
    const own = owner[i]!;
    if (first.has(own)) sizes.set(own, Math.max(sizes.get(own) ?? 0, arenaSize(t)));
  });
  const add = (bytes: number, from: number, to: number) =>
    list.push({ bytes: roundUp(Math.max(bytes, 1), alignment), first: from, last: to }) - 1;
  for (const [own, bytes] of sizes) index.set(own, add(bytes, first.get(own)!, last.get(own)!));

  const ofTensor = owner.map((own) => index.get(own));
  const ofScratch = layers.map((l, time) =>
    l.scratchBytes > 0 ? add(l.scratchBytes, time, time) : undefined,
  );
  const leads = list.map(() => new Map<number, number>());
  const exact = list.map(() => new Set<number>());
  layers.forEach((layer, time) => {
    for (const [input, overlap] of overlapsAt(layer, graph, ofTensor)) {
      const output = ofTensor[graph.ops[layer.op]!.outputs[0]!]!;
      if (list[input]!.last !== time || list[output]!.first !== time) continue;
      leads[output]!.set(input, roundUp(overlap.lead, alignment));
      if (overlap.exact) exact[output]!.add(input);
    }
  });
  return { list, ofTensor, ofScratch, leads, exact };
}

/**
 * Buffers that the layer's only output may lie over, with their leads: those that are read through positions
 * which all allow it.
 */
function overlapsAt(
  layer: PlanLayer,
  graph: Graph,
  ofTensor: readonly (number | undefined)[],
): Map<number, { lead: number; exact: boolean }> {
  const op = graph.ops[layer.op]!;
  const allowed = new Map<number, { lead: number; exact: boolean }>();
  if (layer.alias !== undefined || op.outputs.length !== 1) return allowed;
  const refused = new Set<number>();
  op.inputs.forEach((tensor, position) => {
    const buffer = tensor < 0 ? undefined : ofTensor[tensor];
    if (buffer === undefined) return;
    const overlap = layer.overlaps.find((o) => o.input === position);
    if (!overlap) {
      refused.add(buffer);
      return;
    }
    const other = allowed.get(buffer);
    const lead = Math.max(other?.lead ?? 0, overlap.lead);
    const exact = (other?.exact ?? false) || (overlap.exact ?? false);
    if (exact && lead > 0) refused.add(buffer);
    else allowed.set(buffer, { lead, exact });
  });
  for (const buffer of refused) allowed.delete(buffer);
  return allowed;
}
