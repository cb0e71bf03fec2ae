/**
 * What every verb shares: `--json`, examples in its help, progress, diagnostics and exit codes. A verb takes flags,
 * makes one library call and returns a document and a text; this file prints one of them.
 */
import type { Command } from 'commander';
import pc from 'picocolors';
import { CrimpError, type Diagnostic, Exit, type ExitCode, error, formatDiagnostic } from '../diagnostics.js';
import { type ModelFile, type ModelOptions, readModelFile } from '../model_file.js';
import { type ProgressFactory, progressOn } from '../report/progress.js';
import { type ModelFlags, modelOptions, modelOptionsOf } from './model_options.js';

export interface Result {
  /** What `--json` prints: one document. */
  readonly document: unknown;
  /** What a person reads. */
  readonly text: string;
  /** 0 by default; `checkFailed` when the verb worked and the check it made failed. */
  readonly exitCode?: ExitCode;
  /** Warnings and notes for stderr. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** How a verb says things while it works; all of it goes to stderr. */
export interface Io {
  readonly progress: ProgressFactory;
  note(text: string): void;
  /** As `--shape` and `--signature` say, of a verb that takes a model. */
  readonly model: ModelOptions;
  /** With those. @throws CrimpError `cannot-read` */
  readModel(file: string): ModelFile;
  /**
   * For work in one piece, such as simulating a whole file: it leaves no turn for the handlers of signals, so while it
   * runs Ctrl-C ends the process as if there were none. The work must have nothing on the disk to clean up.
   */
  synchronously<T>(work: () => T): T;
}

export interface VerbSpec<Options> {
  /** Name and arguments as commander takes them: `analyze <model>`. */
  readonly usage: string;
  /** A line of the list of verbs: fits 80 columns. */
  readonly summary: string;
  /** The head of the verb's own help. */
  readonly description: string;
  readonly examples: readonly string[];
  options?(command: Command): void;
  action(args: readonly string[], options: Options, io: Io): Promise<Result>;
}

export function addVerb<Options>(program: Command, spec: VerbSpec<Options>): void {
  const command = program.command(spec.usage).summary(spec.summary).description(spec.description);
  spec.options?.(command);
  if (/<(model|teacher)/.test(spec.usage)) modelOptions(command);
  command.option('--json', 'print one JSON document on stdout, everything else on stderr');
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((e) => `  $ crimp ${e}`).join('\n')}`);
  command.action(async (...received: unknown[]) => {
    const { shape, signature, ...options } = received.at(-2) as Options & ModelFlags & { json?: boolean };
    const args = received.slice(0, -2) as string[];
    const progress = progressOn(process.stderr);
    try {
      const model = modelOptionsOf({ shape, signature });
      const io: Io = {
        progress: progress.start,
        note: (text) => progress.aside(text),
        synchronously,
        model,
        readModel: (file) => readModelFile(file, model),
      };
      const result = await spec.action(args, options as Options, io);
      progress.stop();
      say(result.diagnostics ?? []);
      finish(
        options.json ? JSON.stringify(result.document, null, 2) : result.text,
        result.exitCode ?? Exit.ok,
      );
    } catch (thrown) {
      progress.stop();
      const failure = asCrimpError(thrown);
      say(failure.diagnostics);
      finish(
        options.json ? JSON.stringify({ diagnostics: failure.diagnostics }, null, 2) : '',
        failure.exitCode,
      );
    }
  });
}

const signals = { SIGINT: 130, SIGTERM: 143 } as const;
const handlers = Object.entries(signals).map(([signal, code]) => [signal, () => process.exit(code)] as const);

/** Signals become exits, not kills: temporary files are removed by exit handlers. */
export function exitOnSignals(): void {
  for (const [signal, exit] of handlers) process.once(signal, exit);
}

function synchronously<T>(work: () => T): T {
  for (const [signal, exit] of handlers) process.removeListener(signal, exit);
  try {
    return work();
  } finally {
    exitOnSignals();
  }
}

/** Whatever was thrown, as diagnostics: an error of ours as it is, anything else as a defect of crimp's. */
function asCrimpError(thrown: unknown): CrimpError {
  if (thrown instanceof CrimpError) return thrown;
  if (process.env.CRIMP_DEBUG) console.error(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const hint = 'This is a defect of crimp. Run it again with CRIMP_DEBUG=1 and report what it prints.';
  return new CrimpError([error('internal', message, hint)], Exit.environment);
}

/** A hint that several diagnostics in a row share is given once, after the last of them. */
function say(diagnostics: readonly Diagnostic[]): void {
  // picocolors judges stdout; these go to stderr.
  const { red, yellow, cyan } = pc.createColors(process.stderr.isTTY && !process.env.NO_COLOR);
  const colour = { error: red, warning: yellow, note: cyan };
  diagnostics.forEach((d, i) => {
    const shared = d.hint === diagnostics[i + 1]?.hint;
    const text = formatDiagnostic(shared ? { ...d, hint: '' } : d);
    process.stderr.write(`${text.replace(/^\w+\[[^\]]*\]/, (head) => colour[d.severity](head))}\n`);
  });
}

/** Exits once stdout has taken everything, whatever handles (a serial port, an emulator) are still open. */
function finish(text: string, code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write(text === '' ? '' : `${text}\n`, () => process.exit(code));
}
