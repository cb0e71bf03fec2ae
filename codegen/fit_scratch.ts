/**
 * How much scratch each layer gets. Scratch makes layers faster and the arena larger, but only that of the layers
 * where the arena is fullest: all others find room beside their tensors.
 */
import type { Graph } from '../src/graph/graph.js';
import type { Plan } from '../src/planner/plan.js';
import { plan } from '../src/planner/planner.js';
import type { Layer, LowerOptions } from './layer.js';

/** What an arena may grow for speed beyond the smallest one. */
function allowance(smallest: number): number {
  return Math.min(Math.max(smallest / 16, 640), 1024);
}

/**
 * The layers with as much scratch as fits into an arena that is little larger than the smallest possible.
 *
 * @param lowerAt the layer of an op within so many bytes of scratch, or its least
 */
export function fitScratch(
  graph: Graph,
  alignment: number,
  lowerAt: (op: number, scratchBytes: number) => Layer,
  optimize?: LowerOptions['optimize'],
): Layer[] {
  const fastest = graph.ops.map((_, op) => lowerAt(op, Number.POSITIVE_INFINITY));
  if (optimize === 'speed') return fastest;
  const arena = (layers: readonly Layer[]) => plan(layers, graph, { alignment });
  const relower = (limit: (op: number) => number) =>
    fastest.map((layer, op) => (layer.scratchBytes > limit(op) ? lowerAt(op, limit(op)) : layer));

  // What finds room beside the tensors even when these have the arena to themselves needs no second look.
  const bare = arena(fastest.map((layer) => ({ ...layer, scratchBytes: 0 })));
  const tight = fastest.map(({ scratchBytes }, op) => scratchBytes > widestGap(bare, op, bare.arenaBytes));
  const smallest = relower((op) => (tight[op] ? 0 : Number.POSITIVE_INFINITY));
  if (smallest.every((layer, op) => layer.scratchBytes === fastest[op]!.scratchBytes)) return fastest;

  const least = arena(smallest);
  // A plan with more scratch, and with the leads that go with it, need not come out as its gaps promise.
  for (const share of optimize === 'ram' ? [0] : [1, 0.5, 0]) {
    const most = least.arenaBytes + allowance(least.arenaBytes) * share;
    if (arena(fastest).arenaBytes <= most) return fastest;
    const layers = relower((op) => widestGap(least, op, most));
    if (arena(layers).arenaBytes <= most) return layers;
  }
  return smallest;
}

/** The longest run of bytes below `end` in which no tensor lies while a layer runs. */
function widestGap({ tensors }: Plan, layer: number, end: number): number {
  const live = tensors.flatMap((p) => (p && p.first <= layer && layer <= p.last ? [p] : []));
  live.sort((a, b) => a.offset - b.offset);
  let widest = 0;
  let top = 0;
  for (const { offset, bytes } of live) {
    widest = Math.max(widest, offset - top);
    top = Math.max(top, offset + bytes);
  }
  return Math.max(widest, end - top);
}
