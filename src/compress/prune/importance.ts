/** How much a group of channels matters, from the weights alone. Li et al. 2016, "Pruning Filters for Efficient ConvNets". */
import { elementCount } from '../../graph/access.js';
import type { Graph, Tensor } from '../../graph/graph.js';
import type { ChannelGroups } from './channel_groups.js';

export type Norm = 'l1' | 'l2';

/**
 * One number a group: the norms of its filters, each divided by the mean norm in its layer, so that layers of any width,
 * fan-in and scale compare; summed over all layers that make the group's channels.
 */
export function importanceOf(graph: Graph, { count, producers }: ChannelGroups, norm: Norm): Float64Array {
  const importance = new Float64Array(count);
  for (const { axis } of producers) {
    const filters = filterNorms(graph.tensors[axis.tensor]!, axis.axis, norm);
    const mean = filters.reduce((sum, n) => sum + n, 0) / filters.length;
    if (mean === 0) continue;
    filters.forEach((n, i) => {
      importance[axis.groups[i]!]! += n / mean;
    });
  }
  return importance;
}

/** The norm of each slice of the weights along the axis. */
function filterNorms({ shape, data }: Tensor, axis: number, norm: Norm): Float64Array {
  const norms = new Float64Array(shape[axis]!);
  const inner = elementCount(shape.slice(axis + 1));
  (data as Float32Array).forEach((w, i) => {
    norms[Math.floor(i / inner) % norms.length]! += norm === 'l1' ? Math.abs(w) : w * w;
  });
  return norm === 'l1' ? norms : norms.map(Math.sqrt);
}
