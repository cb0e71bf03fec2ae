/** Groups of four weights, see packed_dot.c: weights cut down until every group fits, and what was taken off them. */

/** Σ |w| · 128 < 2^15 for the weights of a group. */
const largestGroup = 255;

/** Cycles for four pixels in crimp_mul32_packed_dots, by which groups of four are dearer and cheaper than of two. */
const cyclesPerEntry = 24;
const cyclesPerChannel = 14;
const cyclesSavedPerGroup = 6;

export interface CutWeights {
  readonly weights: Int8Array;
  /** For each channel entries of (weights to skip) · 2^8 + the rest of the next one, and 0. */
  readonly excess: Uint16Array;
}

/** @param weights [channel][depth], depth a multiple of 4. @returns undefined where groups of two are faster */
export function cutWeights(weights: Int8Array, depth: number): CutWeights | undefined {
  const cut = weights.slice();
  const entries: number[] = [];
  const channels = weights.length / depth;
  for (let c = 0; c < channels; c++) {
    const row = cut.subarray(c * depth, (c + 1) * depth);
    let at = 0;
    for (let k = 0; k < depth; k += 4) {
      for (const [weight, rest] of cutGroup(row.subarray(k, k + 4))) {
        for (; k + weight - at > 255; at += 256) entries.push(255 << 8);
        entries.push(((k + weight - at) << 8) | (rest & 255));
        at = k + weight + 1;
      }
    }
    entries.push(0);
  }
  const saved = (weights.length / 4) * cyclesSavedPerGroup;
  const spent = channels * cyclesPerChannel + (entries.length - channels) * cyclesPerEntry;
  return spent < saved ? { weights: cut, excess: Uint16Array.from(entries) } : undefined;
}

/** Takes what is too much off the largest weights. @returns their places and what was taken, by place */
function cutGroup(group: Int8Array): [number, number][] {
  const taken: [number, number][] = [];
  const order = [...group.keys()].sort((a, b) => Math.abs(group[b]!) - Math.abs(group[a]!));
  let excess = group.reduce((sum, w) => sum + Math.abs(w), 0) - largestGroup;
  for (const k of order) {
    if (excess <= 0) break;
    const weight = group[k]!;
    const rest = Math.sign(weight) * Math.min(excess, Math.abs(weight));
    group[k] = weight - rest;
    excess -= Math.abs(rest);
    taken.push([k, rest]);
  }
  return taken.sort(([a], [b]) => a - b);
}
