/**
 * The one diagnostic type. Everything that can go wrong with a user's model, data, board or machine is said
 * through it: a code, what, where, and what to do. A stage gathers all its problems and throws them at once.
 */

export type Severity = 'error' | 'warning' | 'note';

/** Where in the user's world a diagnostic points. All parts are optional; the most precise known ones are given. */
export interface Where {
  /** The file, as the user named it. */
  readonly file?: string;
  /** Byte offset in the file. */
  readonly offset?: number;
  /** A place within a text file: `steps[2].sparsity`, `line 3, column 5`. */
  readonly place?: string;
  /** The operator: its index in execution order, TFLite's name of its type, and its own name. */
  readonly op?: { readonly index: number; readonly type: string; readonly name: string };
  readonly tensor?: { readonly index: number; readonly name: string };
}

export interface Diagnostic {
  /** Stable, kebab-case: `unsupported-op`, `dynamic-shape`, `port-busy`. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence, with the values found. */
  readonly message: string;
  readonly where?: Where;
  /** What to do about it. */
  readonly hint: string;
}

/** Exit codes of the CLI, and so the kinds of failure a library call can have. */
export const Exit = { ok: 0, checkFailed: 1, badInput: 2, environment: 3 } as const;
export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** Thrown by every stage; carries all problems found, never only the first. */
export class CrimpError extends Error {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    readonly exitCode: ExitCode = Exit.badInput,
  ) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'CrimpError';
  }
}

export function error(code: string, message: string, hint: string, where?: Where): Diagnostic {
  return { code, severity: 'error', message, hint, where };
}

export function warning(code: string, message: string, hint: string, where?: Where): Diagnostic {
  return { code, severity: 'warning', message, hint, where };
}

export function note(code: string, message: string, hint: string, where?: Where): Diagnostic {
  return { code, severity: 'note', message, hint, where };
}

/** A CrimpError of one diagnostic: bad usage or input (exit code 2). */
export function inputError(code: string, message: string, hint: string, where?: Where): CrimpError {
  return new CrimpError([error(code, message, hint, where)], Exit.badInput);
}

/** A CrimpError of one diagnostic: something missing or broken around us, such as a toolchain or a port (exit code 3). */
export function environmentError(code: string, message: string, hint: string, where?: Where): CrimpError {
  return new CrimpError([error(code, message, hint, where)], Exit.environment);
}

/** Throws when any of the diagnostics is an error; with all of them. */
export function throwIfErrors(diagnostics: readonly Diagnostic[], exitCode: ExitCode = Exit.badInput): void {
  if (diagnostics.some((d) => d.severity === 'error')) throw new CrimpError(diagnostics, exitCode);
}

/** `error[unsupported-op] op 3 SVDF "cell": …\n  → hint` */
export function formatDiagnostic(d: Diagnostic): string {
  const place = d.where ? formatWhere(d.where) : '';
  return `${d.severity}[${d.code}]${place ? ` ${place}` : ''}: ${d.message}${d.hint ? `\n  → ${d.hint}` : ''}`;
}

function formatWhere(where: Where): string {
  const parts: string[] = [];
  if (where.file) parts.push(where.offset === undefined ? where.file : `${where.file}@${where.offset}`);
  if (where.place) parts.push(where.place);
  if (where.op) parts.push(`op ${where.op.index} ${where.op.type} "${where.op.name}"`);
  if (where.tensor) parts.push(`tensor ${where.tensor.index} "${where.tensor.name}"`);
  return parts.join(', ');
}
