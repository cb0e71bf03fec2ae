/**
 * Offsets. Buffers are placed one after another at the lowest address that no placed one forbids, in a few good
 * orders. Where that does not meet the lower bound, small graphs are searched to the end (exact_search.ts), large ones
 * by seeded local changes until the budget is spent.
 */
import type { Buffers } from './buffers.js';
import { conflicts, lowestOffset, type Offsets, type Problem } from './conflicts.js';
import { searchExactly } from './exact_search.js';

/** Buffers up to which all plans are looked at. */
const exactCount = 12;

/** Evaluations of the local search: more than enough for chains and residual nets, a blink for large graphs. */
function budget(count: number): number {
  return count <= 2 ? 0 : Math.min(4000, Math.ceil(4_000_000 / (count * count)));
}

export function place(buffers: Buffers, alignment: number): Offsets {
  const { list } = buffers;
  const problem = conflicts(buffers);
  const bound = lowerBound(buffers);
  const evaluate = (order: Int32Array) => placeInOrder(problem, order, alignment);
  const size = (i: number) => list[i]!.bytes;
  const span = (i: number) => list[i]!.last - list[i]!.first + 1;
  const keys: ((i: number) => number)[] = [
    (i) => -size(i),
    (i) => -size(i) * span(i),
    (i) => list[i]!.first,
    (i) => -list[i]!.last,
    (i) => -span(i),
  ];
  let best: Offsets | undefined;
  let bestOrder = Int32Array.from(list, (_, i) => i);
  for (const key of keys) {
    const order = Int32Array.from(list, (_, i) => i).sort(
      (a, b) => key(a) - key(b) || size(b) - size(a) || a - b,
    );
    const found = evaluate(order);
    if (!best || found.bytes < best.bytes) {
      best = found;
      bestOrder = order;
    }
  }
  if (!best) return { offsets: new Int32Array(0), bytes: 0 };
  if (list.length <= exactCount && best.bytes > bound) {
    const found = searchExactly(problem, alignment, best, bound);
    best = found.best;
    if (found.complete) return best;
  }

  // Accepting equal results lets the search walk along plateaus; the order by address keeps the best plan.
  const random = generator(list.length);
  let current = byAddress(best, list.length) ?? bestOrder;
  let currentBytes = best.bytes;
  for (let n = budget(list.length); n > 0 && best.bytes > bound; n--) {
    const order = current.slice();
    const moves = 1 + (random() % 3);
    for (let m = 0; m < moves; m++) move(order, random() % order.length, random() % order.length);
    const found = evaluate(order);
    if (found.bytes > currentBytes) continue;
    current = order;
    currentBytes = found.bytes;
    if (found.bytes < best.bytes) best = found;
  }
  return best;
}

function placeInOrder(problem: Problem, order: Int32Array, alignment: number): Offsets {
  const offsets = new Int32Array(order.length).fill(-1);
  let bytes = 0;
  for (const b of order) {
    const offset = lowestOffset(problem, offsets, b, 0, alignment);
    offsets[b] = offset;
    bytes = Math.max(bytes, offset + problem.sizes[b]!);
  }
  return { offsets, bytes };
}

/** No plan is smaller than what any one moment needs. */
export function lowerBound({ list, leads }: Buffers): number {
  let bound = 0;
  for (const { first: time } of list) {
    let others = 0;
    let over = 0;
    let shared = 0;
    const output = list.findIndex((b, i) => b.first === time && leads[i]!.size > 0);
    const inputs = output < 0 ? undefined : leads[output]!;
    list.forEach((b, i) => {
      if (b.first > time || b.last < time) return;
      if (i === output) over = b.bytes;
      else if (inputs?.has(i)) shared += b.bytes;
      else others += b.bytes;
    });
    const lead = inputs ? Math.min(over, ...inputs.values()) : 0;
    bound = Math.max(bound, others + Math.max(over, shared + lead));
  }
  return bound;
}

function byAddress({ offsets }: Offsets, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => offsets[a]! - offsets[b]! || a - b);
}

function move(order: Int32Array, from: number, to: number): void {
  const moved = order[from]!;
  if (from < to) order.copyWithin(from, from + 1, to + 1);
  else order.copyWithin(to + 1, to, from);
  order[to] = moved;
}

/** Marsaglia's xorshift32: the same plan on every machine. */
function generator(seed: number): () => number {
  let x = (seed * 2654435761) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x;
  };
}
