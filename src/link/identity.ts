/** What a board says of itself to `crimp`. */
import type { Counts } from '../../targets/target.js';

export const protocolVersion = 1;

export interface Identity {
  readonly version: number;
  /** The model's name and the hash of its graph. */
  readonly name: string;
  readonly hash: string;
  /** The target it was built for. */
  readonly target: string;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly layers: number;
  readonly tensors: number;
  readonly clockHz: number;
  readonly arenaBytes: number;
  /** What it counts an inference in; firmware of before pico2 does not say. */
  readonly counts?: Counts;
}

const counts: ReadonlySet<string> = new Set<Counts>(['cycles', 'instructions']);

/** @returns undefined unless one of the lines is an identity. A newer protocol may add fields at the end. */
export function readIdentity(lines: readonly string[]): Identity | undefined {
  for (const text of lines) {
    const fields = /^m-crimp-\[(.*)\]$/.exec(text)?.[1]?.split(',');
    if (fields === undefined || fields.length < 10) continue;
    const [version, name, hash, target, ...rest] = fields;
    const unit = rest[6] ?? '';
    const numbers = [version, ...rest.slice(0, 6)].map(Number);
    if (!numbers.every(Number.isSafeInteger)) continue;
    const [v, inputBytes, outputBytes, layers, tensors, clockHz, arenaBytes] = numbers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      version: v,
      name: name!,
      hash: hash!,
      target: target!,
      inputBytes,
      outputBytes,
      layers,
      tensors,
      clockHz,
      arenaBytes,
      ...(counts.has(unit) && { counts: unit as Counts }),
    };
  }
  return undefined;
}
