/**
 * Golden vectors of TensorFlow Lite Micro's reference kernels live outside of the repository, in the folder that
 * CRIMP_SHARED names (by default ../shared). Tests that need them skip with a message where they are absent.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const sharedFolder = path.resolve(root, process.env.CRIMP_SHARED ?? '../shared');
const goldenFolder = path.join(sharedFolder, 'golden');

/** For node:test's `skip`: false, or why. */
export const skipWithoutGoldens = existsSync(goldenFolder) ? false : `no golden vectors in ${goldenFolder}`;

export function goldenNames(): string[] {
  return skipWithoutGoldens ? [] : readdirSync(goldenFolder).sort();
}

/** A file of a golden: `model.tflite`, `inputs.bin`, … */
export function readGolden(name: string, file: string): Uint8Array {
  return readFileSync(path.join(goldenFolder, name, file));
}

/** The parts of meta.json that tests use. */
export interface GoldenMeta {
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly GoldenTensor[];
  readonly samples: number;
  readonly macs: number;
  readonly ops: Readonly<Record<string, number>>;
}

export interface GoldenTensor {
  readonly index: number;
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

export function readGoldenMeta(name: string): GoldenMeta {
  return JSON.parse(new TextDecoder().decode(readGolden(name, 'meta.json')));
}
