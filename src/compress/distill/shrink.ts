/** A student of the teacher's own make: the same layers, each with fewer channels. */
import { inputError, throwIfErrors } from '../../diagnostics.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { initialize } from '../../train/initialize.js';
import { channelGroups } from '../prune/channel_groups.js';
import { normImportance } from '../prune/importance.js';
import { removalOrder } from '../prune/removal_order.js';
import { removeChannels } from '../prune/remove_channels.js';
import { type Limit, pruneStructured } from '../prune/structured.js';

/** What is left: this share of each layer's width, or at most a share or an amount of MACs. */
export type Size = { readonly width: number } | { readonly macs: Limit };

export interface ShrinkOptions {
  /** Fresh weights by this seed; unless given, training starts from what is left of the teacher's. */
  readonly fresh?: number;
}

/**
 * Keeps the channels with the largest weights (L1).
 *
 * @param teacher float32 that `checkGraph` finds sound
 * @throws CrimpError `bad-usage`, `already-quantized`, `goal-unreachable`
 */
export async function shrink(teacher: Graph, size: Size, { fresh }: ShrinkOptions = {}): Promise<Graph> {
  const smaller =
    'width' in size
      ? thinned(teacher, size.width)
      : (await pruneStructured(teacher, { goal: { metric: 'macs', ...size.macs } })).graph;
  const student = { ...smaller, name: `${teacher.name}_student` };
  return fresh === undefined ? student : initialize(student, fresh);
}

/** Of each layer, or of all that a residual sum couples, at least one channel stays. */
function thinned(graph: Graph, width: number): Graph {
  if (!(width > 0 && width < 1)) {
    const message = `the share of each layer's width is ${width}`;
    throw inputError('bad-usage', message, 'Give a number between 0 and 1, such as 0.25.');
  }
  const groups = channelGroups(graph);
  const order = removalOrder(graph, groups, normImportance(graph, groups, 'l1'), {
    ...{ scope: 'layer', cost: 'macs', keepMultipleOf: 1 },
  });
  const left = groups.families.map((family) => family.length);
  const familyOf = new Map(groups.families.flatMap((family, f) => family.map((group) => [group, f])));
  const removed = order.flat().filter((group) => {
    const f = familyOf.get(group)!;
    const goes = left[f]! > Math.max(1, Math.round(width * groups.families[f]!.length));
    if (goes) left[f]!--;
    return goes;
  });
  if (removed.length === 0) {
    const message = `no layer of ${graph.name} has channels that can go`;
    throw inputError('goal-unreachable', message, 'Give a student of its own.');
  }
  const student = removeChannels(graph, removed, groups);
  throwIfErrors(checkGraph(student));
  return student;
}
