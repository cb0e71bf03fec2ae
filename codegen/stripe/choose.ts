/**
 * Which layers are computed row by row, for the smallest arena. A chain does away with the whole tensors between its layers,
 * and costs their calls row by row; it is taken where the arena is fullest, and only where it makes that much smaller.
 */
import type { Graph } from '../../src/graph/graph.js';
import { collectBuffers } from '../../src/planner/buffers.js';
import { lowerBound } from '../../src/planner/placement.js';
import type { PlanLayer } from '../../src/planner/plan.js';
import { chainsOf, type FoundChain, withChain } from './chains.js';
import { layoutOf } from './layout.js';
import { smallestSchedule } from './schedule.js';

/** What an arena has to become of itself for a chain to be worth its calls. */
const worthwhile = 15 / 16;
/** Of chains that differ by less than this share of the arena the shortest is taken. */
const sameness = 1 / 32;

/**
 * @param layers of the graph, as small as they can be
 * @returns the graph with chains in place of their ops; the same graph where none is worth it
 */
export function stripe(graph: Graph, layers: readonly PlanLayer[], alignment: number): Graph {
  const bytes = lowerBound(collectBuffers(layers, graph, alignment));
  const found = chainsOf(graph, alignment).map((chain) => candidate(graph, layers, chain, alignment));
  const least = Math.min(...found.map((c) => c.bytes));
  if (least > bytes * worthwhile) return graph;
  const good = found.filter((c) => c.bytes <= least * (1 + sameness));
  const best = good.reduce((a, b) => (b.length < a.length ? b : a));
  return stripe(best.graph, best.layers, alignment);
}

interface Candidate {
  readonly graph: Graph;
  readonly layers: readonly PlanLayer[];
  /** That no arena goes below, and most come to. */
  readonly bytes: number;
  readonly length: number;
}

function candidate(
  graph: Graph,
  layers: readonly PlanLayer[],
  found: FoundChain,
  alignment: number,
): Candidate {
  const { chain, from, to, byRows } = found;
  // Kernels ask for about as little scratch over rows as over whole tensors.
  const scratch = Math.max(...layers.slice(from, to).map((layer) => layer.scratchBytes));
  const layer: PlanLayer = {
    op: from,
    scratchBytes: layoutOf(chain, smallestSchedule(chain), scratch, alignment).bytes,
    overlaps: [],
    ...(byRows && { byRows: 0 }),
  };
  const length = to - from;
  const joined = withChain(graph, found, alignment);
  const behind = layers.slice(to).map((l) => ({ ...l, op: l.op - (length - 1) }));
  const all = [...layers.slice(0, from), layer, ...behind];
  return { graph: joined, layers: all, bytes: lowerBound(collectBuffers(all, joined, alignment)), length };
}
