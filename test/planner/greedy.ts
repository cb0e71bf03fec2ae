/**
 * The arena as TFLM's GreedyMemoryPlanner lays it out, from its description: the largest buffers first, each at the
 * lowest gap between those that are alive with it. What crimp's planner is held against.
 */

import type { Graph } from '../../src/graph/graph.js';
import { arenaSize } from '../../src/planner/buffers.js';

export interface GreedyBuffer {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Sizes are rounded up to 16 bytes. Of equally large buffers the one that was added last is placed first. */
export function greedyArena(buffers: readonly GreedyBuffer[]): number {
  const sized = buffers.map((b) => ({ ...b, bytes: Math.ceil(b.bytes / 16) * 16 }));
  const placed: (GreedyBuffer & { readonly offset: number })[] = [];
  let arena = 0;
  for (const buffer of sized.reverse().sort((a, b) => b.bytes - a.bytes)) {
    let offset = 0;
    for (const other of placed) {
      if (other.first > buffer.last || buffer.first > other.last) continue;
      if (other.offset - offset >= buffer.bytes) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    placed.push({ ...buffer, offset });
    placed.sort((a, b) => a.offset - b.offset);
    arena = Math.max(arena, offset + buffer.bytes);
  }
  return arena;
}

/** The activations of a graph as TFLM keeps them: inputs from the first op on, outputs to the last one. */
export function activations(graph: Graph): GreedyBuffer[] {
  const end = Math.max(graph.ops.length - 1, 0);
  return graph.tensors.flatMap((tensor, index) => {
    if (tensor.data || tensor.initial) return [];
    const times = graph.ops.flatMap(({ inputs, outputs }, time) =>
      inputs.includes(index) || outputs.includes(index) ? [time] : [],
    );
    if (graph.inputs.includes(index)) times.push(0);
    if (graph.outputs.includes(index)) times.push(end);
    if (times.length === 0) return [];
    return [{ bytes: arenaSize(tensor), first: Math.min(...times), last: Math.max(...times) }];
  });
}
