/** The text of generated sources. */
import path from 'node:path';
import type { Generated } from '../generate.js';
import { bytes } from './table.js';

export function formatSources({
  folder,
  files,
  prefix,
  arenaBytes,
  weightsBytes,
  rowReaders,
}: Generated): string {
  return [
    ...files.map((file) => path.join(folder, file)),
    `constants ${bytes(weightsBytes)} of flash, arena ${bytes(arenaBytes)} of RAM`,
    `compile ${prefix}.c; the interface is in ${prefix}.h`,
    ...rowReaders.map((name) => `define ${name}(): it gives the input row by row`),
  ].join('\n');
}
