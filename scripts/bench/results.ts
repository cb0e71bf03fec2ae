/** results.json: every model on every board, as last measured. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../../src/files.js';
import type { Measurement } from './measure.js';

const file = fileURLToPath(new URL('results.json', import.meta.url));

export function readResults(): Measurement[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Measurement[];
}

export function writeResults(results: readonly Measurement[]): void {
  replaceFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
