/**
 * The best plan there is, for small graphs. Take any plan, and move buffer after buffer down as far as the others let it,
 * those that share an exact start together: in the order of its addresses, placing each at the lowest allowed one gives
 * that plan or a better one. So it is enough to try all orders in which addresses ascend.
 */
import { lowestOffset, type Offsets, type Problem } from './conflicts.js';

/** Placements tried before the search gives up: some tenths of a second. */
const placements = 200_000;

/** @param best a plan to improve on @param bound bytes that no plan goes below */
export function searchExactly(
  problem: Problem,
  alignment: number,
  best: Offsets,
  bound: number,
): { readonly best: Offsets; readonly complete: boolean } {
  const { sizes } = problem;
  const groups = sizes.length === 0 ? [] : startingTogether(problem);
  const offsets = new Int32Array(sizes.length).fill(-1);
  let left = placements;

  const descend = (placed: number, last: number, bytes: number) => {
    if (placed === sizes.length) {
      best = { offsets: offsets.slice(), bytes };
      return;
    }
    for (const group of groups) {
      if (best.bytes <= bound || left <= 0) return;
      if (group.some((b) => offsets[b]! >= 0)) continue;
      left--;
      const offset = lowest(problem, offsets, group, alignment);
      const end = group.reduce((most, b) => Math.max(most, offset + sizes[b]!), bytes);
      if (offset < last || end >= best.bytes) continue;
      for (const b of group) offsets[b] = offset;
      descend(placed + group.length, offset, end);
      for (const b of group) offsets[b] = -1;
    }
  };
  descend(0, 0, 0);
  return { best, complete: left > 0 };
}

/** The lowest address that suits every one of a group. */
function lowest(problem: Problem, offsets: Int32Array, group: readonly number[], alignment: number): number {
  let offset = 0;
  for (let settled = 0; settled < group.length; ) {
    settled = 0;
    for (const b of group) {
      const at = lowestOffset(problem, offsets, b, offset, alignment);
      if (at === offset) settled++;
      offset = at;
    }
  }
  return offset;
}

/** Every set of buffers that may start at one address because kernels run in place: each alone, pairs, chains. */
function startingTogether({ neighbors, together, sizes }: Problem): number[][] {
  const partners = neighbors.map((near, b) => Array.from(near).filter((_, k) => together[b]![k] === 1));
  const conflict = (a: number, b: number) => neighbors[a]!.includes(b) && !partners[a]!.includes(b);
  const found = new Map<string, number[]>();
  const grow = (group: readonly number[]) => {
    const key = group.join();
    if (found.has(key)) return;
    found.set(key, [...group]);
    for (const next of group.flatMap((b) => partners[b]!)) {
      if (group.includes(next) || group.some((b) => conflict(b, next))) continue;
      grow([...group, next].sort((a, b) => a - b));
    }
  };
  for (let b = 0; b < sizes.length; b++) grow([b]);
  // Larger groups first: in place is what makes arenas small.
  return [...found.values()].sort((a, b) => b.length - a.length);
}
