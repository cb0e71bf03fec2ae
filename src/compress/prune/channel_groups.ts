/**
 * The dependency graph of a model's channels: groups of channels, over all tensors, that can only be removed together.
 * A residual sum couples its producers' filters, a depthwise op those before and after it, a concatenation each of its
 * inputs with a part of the output, a flattened image all columns of a channel.
 */
import type { Graph } from '../../graph/graph.js';
import { unionFind } from '../union_find.js';
import { type Axis, type Coupler, fixAll, lastAxis } from './coupler.js';
import { couplingRules } from './coupling.js';
import { floatOnly } from './float_only.js';

/** An axis of a tensor, with the group of each of its indices. */
export interface ChannelAxis extends Axis {
  readonly groups: Int32Array;
}

/** An op that makes channels: its filters lie along `axis` of its weights. */
export interface Producer {
  readonly op: number;
  readonly axis: ChannelAxis;
}

export interface ChannelGroups {
  /** Groups are numbered from 0. */
  readonly count: number;
  readonly axes: readonly ChannelAxis[];
  readonly producers: readonly Producer[];
  /** Removable groups whose channels lie side by side: the width of a layer, or of all that a residual sum couples. */
  readonly families: readonly (readonly number[])[];
}

/**
 * @param graph float32 that `checkGraph` finds sound
 * @throws CrimpError `already-quantized`
 */
export function channelGroups(graph: Graph): ChannelGroups {
  floatOnly(graph);
  const sets = unionFind();
  const fixed: number[] = [];
  const known = new Map<string, Axis & { readonly first: number; readonly length: number }>();
  const made: { op: number; axis: Axis }[] = [];

  const at = (axis: Axis) => {
    const key = `${axis.tensor} ${axis.axis}`;
    const found = known.get(key);
    if (found) return found;
    const length = graph.tensors[axis.tensor]!.shape[axis.axis] ?? 1;
    const entry = { ...axis, first: sets.add(length), length };
    known.set(key, entry);
    return entry;
  };
  const fix = (axis: Axis) => {
    const { first, length } = at(axis);
    for (let i = 0; i < length; i++) fixed.push(first + i);
  };
  let current = 0;
  const coupler: Coupler = {
    fix,
    // Rows of C values read as rows of D: indices that agree modulo the common divisor meet somewhere.
    unite(one, other) {
      const [a, b] = [at(one), at(other)];
      const period = commonDivisor(a.length, b.length);
      for (const { first, length } of [a, b]) {
        for (let i = 0; i < length; i++) sets.unite(a.first + (i % period), first + i);
      }
    },
    match(one, other, of) {
      const [a, b] = [at(one), at(other)];
      for (let i = 0; i < a.length; i++) sets.unite(a.first + i, b.first + of(i));
    },
    produce: (axis) => made.push({ op: current, axis }),
  };

  for (const t of [...graph.inputs, ...graph.outputs]) fix(lastAxis(graph, t));
  graph.ops.forEach((op, i) => {
    current = i;
    (couplingRules[op.type] ?? fixAll)(op, graph, coupler);
  });

  const number = new Map<number, number>();
  const groupOf = (node: number) => {
    const root = sets.find(node);
    if (!number.has(root)) number.set(root, number.size);
    return number.get(root)!;
  };
  const axes = new Map(
    [...known].map(([key, { tensor, axis, first, length }]) => [
      key,
      { tensor, axis, groups: Int32Array.from({ length }, (_, i) => groupOf(first + i)) },
    ]),
  );
  const producers = made.map(({ op, axis }) => ({ op, axis: axes.get(`${axis.tensor} ${axis.axis}`)! }));
  const kept = new Set(fixed.map(groupOf));
  return {
    count: number.size,
    axes: [...axes.values()],
    producers,
    families: familiesOf(number.size, producers, kept),
  };
}

/** Groups that meet in one producer's filters, in order of first appearance. */
function familiesOf(
  count: number,
  producers: readonly Producer[],
  fixed: ReadonlySet<number>,
): readonly (readonly number[])[] {
  const sets = unionFind();
  sets.add(count);
  const made = new Set<number>();
  for (const { axis } of producers) {
    for (const group of axis.groups) {
      sets.unite(axis.groups[0]!, group);
      made.add(group);
    }
  }
  const families = new Map<number, number[]>();
  for (const group of [...made].sort((a, b) => a - b)) {
    if (fixed.has(group)) continue;
    const root = sets.find(group);
    families.set(root, [...(families.get(root) ?? []), group]);
  }
  return [...families.values()];
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
