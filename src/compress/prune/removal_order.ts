/** In which order channels go: a greedy walk from the whole model down to the thinnest one. */
import type { Graph } from '../../graph/graph.js';
import type { ChannelGroups } from './channel_groups.js';
import { type Cost, costs } from './cost.js';

/** 'global' lets layers compete; 'layer' thins all of them by the same share. */
export type Scope = 'global' | 'layer';

export interface OrderOptions {
  readonly scope: Scope;
  readonly cost: Cost;
  /** The width of each family is brought to multiples of this, and then kept there. */
  readonly keepMultipleOf: number;
}

/** What is left of a family, least important first. */
interface Family {
  readonly width: number;
  rest: number[];
  importance: number;
}

/**
 * Groups to remove, step by step; any number of steps from the first on is a model that is whole. Within a family the least
 * important go first. Among families (scope 'global') the one that loses the smallest share of the importance it has left
 * for each share of the cost that is saved: a layer that is thin already becomes dear, so that none is bled dry.
 */
export function removalOrder(
  graph: Graph,
  groups: ChannelGroups,
  importance: Float64Array,
  { scope, cost, keepMultipleOf }: OrderOptions,
): number[][] {
  const widths = createWidths(graph, groups, cost);
  const families = groups.families.map((family): Family => {
    const rest = [...family].sort((a, b) => importance[a]! - importance[b]! || a - b);
    return { width: family.length, rest, importance: rest.reduce((sum, g) => sum + importance[g]!, 0) };
  });
  const order: number[][] = [];
  let now = widths.cost();
  for (;;) {
    let best: { family: Family; block: number[]; score: number; cost: number } | undefined;
    for (const family of families) {
      const block = nextBlock(family, keepMultipleOf, widths.leavesAChannel);
      if (block.length === 0) continue;
      const left = widths.costWithout(block);
      const lost = block.reduce((sum, g) => sum + importance[g]!, 0) / (family.importance || 1);
      const score =
        scope === 'global'
          ? lost / Math.max((now - left) / now, Number.MIN_VALUE)
          : (family.width - family.rest.length + block.length) / family.width;
      if (!best || score < best.score) best = { family, block, score, cost: left };
    }
    if (!best) return order;
    const { family, block } = best;
    order.push(block);
    widths.remove(block);
    family.rest = family.rest.filter((group) => !block.includes(group));
    family.importance = family.rest.reduce((sum, g) => sum + importance[g]!, 0);
    now = best.cost;
  }
}

/**
 * What brings the family to the next multiple below; nothing when that is 0. Where a family spans layers, as those that a sum
 * over a concatenation couples, the last channel of one stays, and the others' go on.
 */
function nextBlock(
  { rest }: Family,
  multiple: number,
  leavesAChannel: (block: readonly number[]) => boolean,
): number[] {
  const size = rest.length % multiple || multiple;
  if (size >= rest.length) return [];
  const first = rest.slice(0, size);
  if (leavesAChannel(first)) return first;
  const block: number[] = [];
  for (const group of rest) if (block.length < size && leavesAChannel([...block, group])) block.push(group);
  return block.length === size ? block : [];
}

/** The lengths of all axes as channels go, and what a model of such shapes costs. */
function createWidths(graph: Graph, { axes, count }: ChannelGroups, cost: Cost) {
  const lengths = axes.map((axis) => axis.groups.length);
  /** By group: which axes lose how many channels with it. */
  const parts = Array.from({ length: count }, () => new Map<number, number>());
  axes.forEach(({ groups }, a) => {
    for (const group of groups) parts[group]!.set(a, (parts[group]!.get(a) ?? 0) + 1);
  });
  const priceOf = () => {
    const tensors = [...graph.tensors];
    axes.forEach(({ tensor, axis, groups }, a) => {
      if (lengths[a] === groups.length) return;
      const shape = tensors[tensor]!.shape.map((n, i) => (i === axis ? lengths[a]! : n));
      tensors[tensor] = { ...tensors[tensor]!, shape };
    });
    return costs[cost]({ ...graph, tensors });
  };
  const change = (block: readonly number[], sign: number) => {
    for (const group of block) for (const [a, n] of parts[group]!) lengths[a]! += sign * n;
  };
  const without = <T>(block: readonly number[], look: () => T): T => {
    change(block, -1);
    const seen = look();
    change(block, 1);
    return seen;
  };
  return {
    cost: priceOf,
    costWithout: (block: readonly number[]) => without(block, priceOf),
    leavesAChannel: (block: readonly number[]) =>
      without(block, () => block.every((group) => [...parts[group]!.keys()].every((a) => lengths[a]! > 0))),
    remove: (block: readonly number[]) => change(block, -1),
  };
}
