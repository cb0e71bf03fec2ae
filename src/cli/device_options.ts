/** Flags of the verbs that run a model on something: run, validate, bench. */
import type { Command } from 'commander';
import { inputError } from '../diagnostics.js';
import type { Io } from './verb.js';

export interface DeviceOptions {
  input?: string;
  target?: string;
  port?: string;
  samples?: string;
  raw?: boolean;
  xip?: string | boolean;
}

export function deviceOptions(command: Command): Command {
  return command
    .option('-i, --input <file>', '.npz, .npy (real values) or .bin (raw tensors); random values when absent')
    .option(
      '-n, --samples <count>',
      'how many samples at the most (default: all of the file, 10 random ones)',
    )
    .option('-t, --target <name>', 'the board (default: the build folder’s, else pico)')
    .option(
      '-p, --port <port>',
      'serial port: /dev/ttyACM0, COM5, virtual:pico (default: the virtual board)',
    );
}

/** Opens the model or build folder, reads the samples, connects the board, and hands all three to `use`. */
export async function withDevice<T>(
  subjectName: string,
  options: DeviceOptions,
  io: Io,
  use: (context: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  const context = await open(subjectName, options, io);
  try {
    return await use(context);
  } finally {
    await context.runner.close();
  }
}

async function open(subjectName: string, options: DeviceOptions, io: Io) {
  const { openSubject } = await import('../measure/subject.js');
  const { openRunner } = await import('../measure/open_runner.js');
  const { takeSamples } = await import('../measure/take_samples.js');
  const subject = openSubject(subjectName, options.target);
  const samples = takeSamples(subject.compiled.graph, {
    file: options.input,
    atMost: options.samples === undefined ? undefined : wholeNumber(options.samples, '--samples'),
    raw: options.raw,
  });
  const missCycles = typeof options.xip === 'string' ? wholeNumber(options.xip, '--xip') : undefined;
  const xip = options.xip === undefined ? undefined : { missCycles };
  const runner = await openRunner(subject, { port: options.port, onProgress: io.progress('build'), xip });
  return { subject, samples, runner };
}

function wholeNumber(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw inputError(
    'bad-usage',
    `${flag} takes a whole number above 0, not ${JSON.stringify(text)}`,
    `Say ${flag} 10.`,
  );
}
