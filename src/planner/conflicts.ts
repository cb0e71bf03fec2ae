/** Which addresses buffers keep each other from. */
import type { Buffers } from './buffers.js';

export interface Offsets {
  readonly offsets: Int32Array;
  readonly bytes: number;
}

export interface Problem {
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

export function conflicts({ list, leads, exact }: Buffers): Problem {
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

/** The lowest address from `offset` on that no placed buffer forbids. @param offsets −1 for those not yet placed */
export function lowestOffset(
  { neighbors, before, after, together }: Problem,
  offsets: Int32Array,
  b: number,
  offset: number,
  alignment: number,
): number {
  const near = neighbors[b]!;
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
  return offset;
}
