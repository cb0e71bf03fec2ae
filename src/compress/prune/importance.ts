/** How much a group of channels matters. Norms as in Li et al. 2016, "Pruning Filters for Efficient ConvNets". */
import type { Dataset } from '../../data/index.js';
import { inputError } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { Graph, Tensor } from '../../graph/graph.js';
import type { ChannelGroups } from './channel_groups.js';
import { type TaylorOptions, taylorImportance } from './taylor.js';

export type Norm = 'l1' | 'l2';

/** By the weights alone, or by the loss on data. */
export type Importance = Norm | 'taylor';

export interface ImportanceOptions extends TaylorOptions {
  readonly importance: Importance;
  /** With labels; 'taylor' wants them. */
  readonly data?: Dataset;
}

/** One number a group. @throws CrimpError `bad-usage`, and as `taylorImportance` */
export async function importanceOf(
  graph: Graph,
  groups: ChannelGroups,
  { importance, data, ...options }: ImportanceOptions,
): Promise<Float64Array> {
  if (importance !== 'taylor') return normImportance(graph, groups, importance);
  if (data) return taylorImportance(graph, groups, data, options);
  const message = 'there are no data to estimate Taylor importance on';
  throw inputError('bad-usage', message, 'Give labeled samples, or rank channels by the norm l1 or l2.');
}

/**
 * The norms of a group's filters, each divided by the mean norm in its layer, so that layers of any width, fan-in and scale
 * compare; summed over all layers that make the group's channels.
 */
export function normImportance(graph: Graph, { count, producers }: ChannelGroups, norm: Norm): Float64Array {
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
