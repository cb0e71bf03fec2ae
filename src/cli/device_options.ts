/** Flags of the verbs that run a model on something: run, validate, bench. */
import type { Command } from 'commander';
import { defaultTarget } from '../../targets/index.js';
import { inputError } from '../diagnostics.js';
import type { Runner } from '../measure/runner.js';
import type { Subject } from '../measure/subject.js';
import { type CompileFlags, compileOptions } from './compile_options.js';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import type { Io } from './verb.js';

export interface DeviceOptions extends DataFlags, CompileFlags {
  input?: string;
  target?: string;
  port?: string;
  samples?: string;
  raw?: boolean;
  xip?: string | boolean;
}

export function deviceOptions(command: Command): Command {
  const withData = addDataOptions(
    command.option('-i, --input <file>', `samples: ${dataFormats}; random values when absent`),
  );
  return compileOptions(withData)
    .option(
      '-n, --samples <count>',
      'how many samples at the most (default: all of the file, 10 random ones)',
    )
    .option('-t, --target <name>', `the board (default: the build folder’s, else ${defaultTarget.name})`)
    .option(
      '-p, --port <port>',
      'serial port: /dev/ttyACM0, COM5, virtual:pico (default: the virtual board)',
    );
}

/** The model and its samples. @param subjectName a model file or a build folder */
export async function openMeasurement(subjectName: string, options: DeviceOptions, io: Io) {
  const { openSubject } = await import('../measure/subject.js');
  const { loadSamplesOf } = await import('../measure/take_samples.js');
  const reading = await readOptionsOf(options, io);
  const subject = openSubject(subjectName, options, io.model);
  const samples = await loadSamplesOf(subject.compiled.graph, {
    file: options.input,
    atMost: options.samples === undefined ? undefined : wholeNumber(options.samples, '--samples'),
    raw: options.raw,
    ...reading,
  });
  return { subject, samples };
}

/** Connects the board, hands it to `use`, and disconnects it however that ends. */
export async function withRunner<T>(
  subject: Subject,
  options: DeviceOptions,
  io: Io,
  use: (runner: Runner) => Promise<T>,
): Promise<T> {
  const { openRunner } = await import('../measure/open_runner.js');
  const missCycles = typeof options.xip === 'string' ? wholeNumber(options.xip, '--xip') : undefined;
  const xip = options.xip === undefined ? undefined : { missCycles };
  const runner = await openRunner(subject, { port: options.port, onProgress: io.progress('build'), xip });
  try {
    return await use(runner);
  } finally {
    await runner.close();
  }
}

/** @throws CrimpError `bad-usage` */
export function wholeNumber(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  const message = `${flag} takes a whole number above 0, not ${JSON.stringify(text)}`;
  throw inputError('bad-usage', message, `Say ${flag} 10.`);
}
