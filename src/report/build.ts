/** The text of a build. */
import path from 'node:path';
import { boardSizes, type FirmwareBuild } from '../firmware/build.js';
import type { FirmwareSizes } from '../firmware/sizes.js';
import { bytes, count, percent, table } from './table.js';

export function formatBuild(build: FirmwareBuild, directory: string): string {
  const files = build.files.map((file) => path.join(directory, file)).join('\n');
  const sizes = boardSizes(build);
  const known = sizes
    ? formatSizes(sizes)
    : `weights ${bytes(build.flash.weights)}, arena ${bytes(build.ram.arena)}; the rest is the system’s to decide`;
  return `${known}\n\n${files}`;
}

/** Flash and RAM with their parts, as read from the ELF. */
export function formatSizes({ flash, ram }: FirmwareSizes): string {
  const share = (used: number, available: number) => `${percent(used / available)} of ${bytes(available)}`;
  return table(
    [{ title: '' }, { title: 'bytes', align: 'right' }, { title: '' }],
    [
      ['flash', count(flash.total), share(flash.total, flash.available)],
      ['  weights and tables', count(flash.weights), ''],
      ['  layers and kernels', count(flash.parts.model), ''],
      ['  firmware', count(flash.parts.runtime + flash.parts.boot), 'start-up, serial ports, protocol'],
      ['RAM', count(ram.total), share(ram.total, ram.available)],
      ['  arena', count(ram.arena), 'activations and scratch'],
      ['  static', count(ram.static), 'input copy, buffers'],
      ['  stack', count(ram.stack), 'reserved'],
    ],
  );
}
