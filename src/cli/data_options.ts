/** What every verb that reads data can be told of how to read them. */
import type { Command } from 'commander';
import type { ReadOptions } from '../data/index.js';
import { formatDiagnostic } from '../diagnostics.js';
import type { Io } from './verb.js';

export interface DataFlags {
  labelColumn?: string;
  normalize?: string;
}

/** What `--data` and `--input` take. */
export const dataFormats = '.npz, .npy, .csv, .bin, MNIST idx, or a folder of images';

/** @param recorded the model that the verb writes keeps the rule, for all that read data for it */
export function addDataOptions(command: Command, { recorded = false } = {}): Command {
  return command
    .option(
      '--label-column <column>',
      'of a .csv: name or index (default: label, class, target, y, or the last)',
    )
    .option(
      '--normalize <rule>',
      `values as 0..1, -1..1, standard, (x − MEAN)/STD given as MEAN/STD, or none; ${recorded ? 'kept with the model' : 'instead of as the model records'}`,
    );
}

/** @throws CrimpError `bad-usage` */
export async function readOptionsOf(flags: DataFlags, io: Io): Promise<ReadOptions> {
  const { parseNormalizeRule } = await import('../data/index.js');
  return {
    labelColumn: flags.labelColumn,
    normalize: flags.normalize === undefined ? undefined : parseNormalizeRule(flags.normalize),
    onNote: (note) => io.note(formatDiagnostic(note)),
  };
}
