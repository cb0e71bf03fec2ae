/**
 * Offsets. Buffers are placed one after another at the lowest address that no placed one forbids. For leads of
 * zero or more some order gives the best possible arena (that of the best plan's addresses, ascending), so the
 * search is over orders: a few good ones, then seeded local changes until the lower bound is met or the budget
 * is spent.
 */
import type { Buffers } from './buffers.js';

export interface Offsets {
  readonly offsets: Int32Array;
  readonly bytes: number;
}

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

/** The plan that placing the buffers in this very order gives. */
export function placeBuffers(buffers: Buffers, order: Int32Array, alignment: number): Offsets {
  return placeInOrder(conflicts(buffers), order, alignment);
}

interface Problem {
  readonly sizes: Int32Array;
  /** For each buffer the others live at the same time. */
  readonly neighbors: readonly Int32Array[];
  /**
   * Beside each neighbor p of b: b may not start inside (p − before, p + after), where `before` and `after` are
   * the full sizes unless the pair may overlap.
   */
  readonly before: readonly Int32Array[];
  readonly after: readonly Int32Array[];
  /** 1 beside a neighbor that b may share its start with, and nothing between that and lying apart. */
  readonly together: readonly Uint8Array[];
}

function conflicts({ list, leads, exact }: Buffers): Problem {
  const sizes = Int32Array.from(list, (b) => b.bytes);
  const neighbors = list.map((b, i) => {
    const found: number[] = [];
    list.forEach((p, j) => {
      if (i !== j && b.first <= p.last && p.first <= b.last) found.push(j);
    });
    return Int32Array.from(found);
  });
  // The output o lies over the input i when o + lead ≤ i; it may always lie wholly before or behind it.
  const distance = (output: number, input: number) => {
    const lead = leads[output]!.get(input);
    return lead === undefined || exact[output]!.has(input) ? undefined : Math.min(lead, sizes[output]!);
  };
  const before = neighbors.map((near, b) => near.map((p) => distance(b, p) ?? sizes[b]!));
  const after = neighbors.map((near, b) => near.map((p) => distance(p, b) ?? sizes[p]!));
  const together = neighbors.map((near, b) =>
    Uint8Array.from(near, (p) => (exact[b]!.has(p) || exact[p]!.has(b) ? 1 : 0)),
  );
  return { sizes, neighbors, before, after, together };
}

function placeInOrder(problem: Problem, order: Int32Array, alignment: number): Offsets {
  const { sizes, neighbors, before, after, together } = problem;
  const offsets = new Int32Array(order.length).fill(-1);
  let bytes = 0;
  for (const b of order) {
    const near = neighbors[b]!;
    let offset = 0;
    // Each pass lifts the offset over what forbids it; it ends when a whole pass finds nothing in the way.
    for (let lifted = true; lifted; ) {
      lifted = false;
      for (let k = 0; k < near.length; k++) {
        const placed = offsets[near[k]!]!;
        if (placed < 0 || offset <= placed - before[b]![k]!) continue;
        const clear = Math.ceil((placed + after[b]![k]!) / alignment) * alignment;
        const shared = together[b]![k] === 1 && offset <= placed;
        if (offset >= clear || (shared && offset === placed)) continue;
        offset = shared ? placed : clear;
        lifted = true;
      }
    }
    offsets[b] = offset;
    bytes = Math.max(bytes, offset + sizes[b]!);
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
