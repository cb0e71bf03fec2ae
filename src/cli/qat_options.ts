/** The flags of quantization-aware training, which all hang on `--qat`. */
import { type Command, Option } from 'commander';
import { inputError } from '../diagnostics.js';
import type { QatOptions } from '../quantize_file.js';
import { number, type TrainingFlags, trainingOptionsOf } from './training_options.js';

const flags = [
  ...['batchSize', 'learningRate', 'optimizer', 'schedule', 'validation', 'patience'],
  ...['seed', 'checkpoint', 'resume'],
] as const;

export interface QatFlags extends TrainingFlags {
  qat?: string;
  /** True unless `--no-keep-zeros`. */
  keepZeros?: boolean;
}

export function addQatOptions(command: Command): Command {
  return command
    .option('--qat <epochs>', 'train on the labeled data, by what the integers compute; 4 is a good start')
    .option('--learning-rate <rate>', 'with --qat: at its highest (default: 0.0001)')
    .option('--batch-size <count>', 'with --qat: samples a step (default: 32)')
    .addOption(new Option('--optimizer <name>', 'with --qat: default adam').choices(['adam', 'sgd']))
    .option('--schedule <name>', 'with --qat: cosine, constant or step:N[:FACTOR] (default: cosine)')
    .option('--validation <share>', 'with --qat: share of the data to hold out, or a file like --data')
    .option('--patience <epochs>', 'with --qat: stop after so many without a better held-out loss')
    .option('--no-keep-zeros', 'with --qat: weights that pruning has set to 0 may change')
    .option('--seed <number>', 'with --qat: of the order and the split (default: 1)')
    .option('--checkpoint <file>', 'with --qat: written after each epoch')
    .option('--resume', 'with --qat: go on from the checkpoint, to the file of a run without interruption');
}

/** @returns undefined without `--qat`, and what is not of these flags. @throws CrimpError `bad-usage` */
export function splitQatOptions<Rest>({ qat, keepZeros, ...options }: QatFlags & Rest) {
  const given = Object.fromEntries(flags.map((flag) => [flag, options[flag]]));
  const rest = Object.fromEntries(
    Object.entries(options).filter(([name]) => !flags.includes(name as (typeof flags)[number])),
  ) as Rest;
  if (qat !== undefined) return { training: trainingOf(qat, keepZeros, given), rest };
  const [stray] = flags.filter((flag) => options[flag] !== undefined);
  const name = stray?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (stray || keepZeros === false) {
    const message = `--${name ?? 'no-keep-zeros'} is about training, and there is none`;
    throw inputError('bad-usage', message, 'Say --qat 4 as well, or leave it away.');
  }
  return { training: undefined, rest };
}

function trainingOf(qat: string, keepZeros: boolean | undefined, given: TrainingFlags): QatOptions {
  const { batchNorm: _, ...options } = trainingOptionsOf(given);
  return { ...options, epochs: number(qat, '--qat', '4'), keepZeros };
}
