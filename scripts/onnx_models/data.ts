/** What the networks are trained and judged on, as .npz in PyTorch's layout: digits of the example, and made-up signals. */
import { readFileSync } from 'node:fs';
import { assetPath } from '../../src/assets.js';
import { formatNpz } from '../../src/data/index.js';
import { parseNpz } from '../../src/data/npz.js';
import { type Random, random } from '../../test/property/random.js';

export interface Data {
  /** x and y. */
  readonly train: Uint8Array;
  readonly test: Uint8Array;
}

interface Sample {
  readonly x: Float32Array;
  readonly y: number;
}

function split(samples: readonly Sample[], shape: readonly number[], test: number): Data {
  const npz = (part: readonly Sample[]) =>
    formatNpz([
      ['x', { values: Float32Array.from(part.flatMap(({ x }) => [...x])), shape: [part.length, ...shape] }],
      ['y', { values: Int32Array.from(part, ({ y }) => y), shape: [part.length] }],
    ]);
  return { train: npz(samples.slice(test)), test: npz(samples.slice(0, test)) };
}

/** The example's digits at half their resolution, 0 … 1. @param shape [1, 14, 14] or [14, 14] */
export function digits(shape: readonly number[]): Data {
  const file = assetPath('examples/digits/test.npz');
  const arrays = parseNpz(readFileSync(file), file);
  const [pixels, labels] = [arrays.get('x')!.values, arrays.get('y')!.values];
  const samples = Array.from(labels as ArrayLike<number>, (y, i): Sample => {
    const at = (row: number, column: number) => Number(pixels[(i * 28 + row) * 28 + column]);
    const x = Float32Array.from({ length: 196 }, (_, p) => {
      const [row, column] = [2 * Math.floor(p / 14), 2 * (p % 14)];
      const sum = at(row, column) + at(row, column + 1) + at(row + 1, column) + at(row + 1, column + 1);
      return sum / 4 / 255;
    });
    return { x, y };
  });
  return split(samples, shape, 400);
}

/** Spectrograms of ten bands and 32 frames: a tone that rises, falls, stays or trembles, in noise. */
export function sounds(): Data {
  const rng = random(3);
  const samples = Array.from({ length: 900 }, (_, i): Sample => {
    const y = i % 4;
    const [from, loudness, phase] = [2 + 5 * rng.next(), 1 + rng.next(), 6 * rng.next()];
    const x = Float32Array.from({ length: 320 }, (_, p) => {
      const [band, frame] = [Math.floor(p / 32), p % 32];
      const center = from + [frame / 8, -frame / 8, 0, 1.2 * Math.sin(frame + phase)][y]!;
      return loudness * Math.exp(-((band - center) ** 2)) + 0.5 * normal(rng);
    });
    return { x, y };
  });
  return split(samples, [10, 32], 300);
}

/** Twelve readings that two hidden quantities decide; the class is the ring that these lie in. */
export function readings(): Data {
  const rng = random(4);
  const mixing = Array.from({ length: 24 }, () => normal(rng));
  const samples = Array.from({ length: 1500 }, (): Sample => {
    const [a, b] = [normal(rng), normal(rng)];
    const x = Float32Array.from({ length: 12 }, (_, k) => {
      const value = mixing[k]! * a + mixing[k + 12]! * b;
      return 20 + 5 * (k % 2 ? value : Math.tanh(value)) + 0.3 * normal(rng);
    });
    const radius = Math.hypot(a, b);
    return { x, y: radius < 0.8 ? 0 : radius < 1.5 ? 1 : 2 };
  });
  return split(samples, [12], 400);
}

function normal(rng: Random): number {
  return Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
}
