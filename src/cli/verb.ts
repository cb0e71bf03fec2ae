/**
 * What every verb shares: `--json`, examples in its help, progress, diagnostics and exit codes. A verb takes flags,
 * makes one library call and returns a document and a text; this file prints one of them.
 */
import type { Command } from 'commander';
import pc from 'picocolors';
import { CrimpError, type Diagnostic, Exit, type ExitCode, error, formatDiagnostic } from '../diagnostics.js';
import { type ProgressFactory, progressOn } from './progress.js';

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
}

export interface VerbSpec<Options> {
  /** Name and arguments as commander takes them: `analyze <model>`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly string[];
  options?(command: Command): void;
  action(args: readonly string[], options: Options, io: Io): Promise<Result>;
}

export function addVerb<Options>(program: Command, spec: VerbSpec<Options>): void {
  const command = program.command(spec.usage).description(spec.summary);
  spec.options?.(command);
  command.option('--json', 'print one JSON document on stdout, everything else on stderr');
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((e) => `  $ crimp ${e}`).join('\n')}`);
  command.action(async (...received: unknown[]) => {
    const options = received.at(-2) as Options & { json?: boolean };
    const args = received.slice(0, -2) as string[];
    const progress = progressOn(process.stderr);
    const io: Io = { progress: progress.start, note: (text) => progress.aside(text) };
    try {
      const result = await spec.action(args, options, io);
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

/** Whatever was thrown, as diagnostics: an error of ours as it is, anything else as a defect of crimp's. */
function asCrimpError(thrown: unknown): CrimpError {
  if (thrown instanceof CrimpError) return thrown;
  if (process.env.CRIMP_DEBUG) console.error(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const hint = 'This is a defect of crimp. Run it again with CRIMP_DEBUG=1 and report what it prints.';
  return new CrimpError([error('internal', message, hint)], Exit.environment);
}

function say(diagnostics: readonly Diagnostic[]): void {
  const colour = { error: pc.red, warning: pc.yellow, note: pc.cyan };
  for (const d of diagnostics) {
    const text = formatDiagnostic(d);
    process.stderr.write(`${text.replace(/^\w+\[[^\]]*\]/, (head) => colour[d.severity](head))}\n`);
  }
}

/** Exits once stdout has taken everything, whatever handles (a serial port, an emulator) are still open. */
function finish(text: string, code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write(text === '' ? '' : `${text}\n`, () => process.exit(code));
}
