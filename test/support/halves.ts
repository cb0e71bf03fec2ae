/** Labeled images that a small network learns within seconds. */
import type { Dataset } from '../../src/data/index.js';
import { random } from '../property/random.js';

export const side = 6;

/** Which half of a small image is brighter: left, right or neither. */
export function halves(count: number, seed = 1): Dataset {
  const rng = random(seed);
  const labels = Int32Array.from({ length: count }, () => rng.int(0, 2));
  const x = new Float32Array(count * side * side);
  x.forEach((_, i) => {
    const label = labels[Math.floor(i / side ** 2)]!;
    x[i] = rng.next() * 0.5 + (label === (i % side < side / 2 ? 0 : 1) ? 1 : 0);
  });
  return { count, inputs: [x], labels };
}
