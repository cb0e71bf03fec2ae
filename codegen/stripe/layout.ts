/** Where a chain's bands lie in its scratch. */
import type { Chain } from './chain.js';
import type { Schedule } from './schedule.js';

export interface Layout {
  readonly schedule: Schedule;
  /** Of each band but the last, which is the chain's output. */
  readonly offsets: readonly number[];
  /** Scratch of the layers, which never run at the same time. */
  readonly scratchOffset: number;
  readonly bytes: number;
}

/** @param scratchBytes the most that any layer asks for */
export function layoutOf(
  { bands }: Chain,
  schedule: Schedule,
  scratchBytes: number,
  alignment: number,
): Layout {
  const offsets: number[] = [];
  let bytes = 0;
  for (const [b, { rowBytes }] of bands.slice(0, -1).entries()) {
    offsets.push(bytes);
    bytes += Math.ceil((schedule.capacity[b]! * rowBytes) / alignment) * alignment;
  }
  return { schedule, offsets, scratchOffset: bytes, bytes: bytes + scratchBytes };
}
