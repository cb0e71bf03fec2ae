/** Damages files the way disks, downloads and attackers do; the same damage for the same seed. */
import type { Random } from '../property/random.js';

type Mutation = (bytes: Uint8Array, rng: Random, other: Uint8Array) => Uint8Array;

/** 32-bit values at which offsets, counts and indices break. */
const extremes = [
  0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffc, 0xfffffffe, 0xffffffff,
];

const mutations: readonly Mutation[] = [
  function truncate(bytes, rng) {
    return bytes.slice(0, rng.int(0, bytes.length));
  },
  function flipBits(bytes, rng) {
    const copy = bytes.slice();
    for (let n = rng.int(1, 8); n > 0; n--) copy[rng.int(0, copy.length - 1)]! ^= 1 << rng.int(0, 7);
    return copy;
  },
  function overwriteBytes(bytes, rng) {
    const copy = bytes.slice();
    for (let n = rng.int(1, 32); n > 0; n--) copy[rng.int(0, copy.length - 1)] = rng.int(0, 255);
    return copy;
  },
  function extremeWord(bytes, rng) {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    for (let n = rng.int(1, 3); n > 0; n--) {
      view.setUint32(
        4 * rng.int(0, (copy.length >> 2) - 1),
        extremes[rng.int(0, extremes.length - 1)]!,
        true,
      );
    }
    return copy;
  },
  /** One offset or count off by a little: everything after it is read as something else. */
  function nudgeWord(bytes, rng) {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    const at = 4 * rng.int(0, (copy.length >> 2) - 1);
    view.setUint32(at, (view.getUint32(at, true) + rng.int(-64, 64)) >>> 0, true);
    return copy;
  },
  function copyWithin(bytes, rng) {
    const copy = bytes.slice();
    const from = rng.int(0, copy.length - 1);
    return copy.copyWithin(rng.int(0, copy.length - 1), from, from + rng.int(1, 256));
  },
  function splice(bytes, rng, other) {
    const head = bytes.subarray(0, rng.int(8, bytes.length));
    const tail = other.subarray(rng.int(0, other.length));
    const joined = new Uint8Array(head.length + tail.length);
    joined.set(head);
    joined.set(tail, head.length);
    return joined;
  },
  function remove(bytes, rng) {
    const at = rng.int(8, bytes.length);
    const gap = rng.int(1, 64);
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + gap)]);
  },
];

/** One or two kinds of damage. */
export function mutate(bytes: Uint8Array, rng: Random, other: Uint8Array): Uint8Array {
  const once = pick(rng)(bytes, rng, other);
  return rng.next() < 0.25 && once.length >= 16 ? pick(rng)(once, rng, other) : once;
}

function pick(rng: Random): Mutation {
  return mutations[rng.int(0, mutations.length - 1)]!;
}
