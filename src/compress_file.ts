/** A recipe's file → the .tflite it makes, and the record of how; goes on where an earlier run was interrupted. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { CrimpError, type Diagnostic, error, inputError } from './diagnostics.js';
import { replaceFile } from './files.js';
import { checkFiles, inputRecords, readInputs } from './recipe/files.js';
import { type LoadedRecipe, loadRecipe } from './recipe/load.js';
import { parseRecipe } from './recipe/parse.js';
import { type FileRecord, plain } from './recipe/record.js';
import { type Finished, type RunOptions, runRecipe, trains } from './recipe/run.js';
import type { ResolvedRecipe } from './recipe/schema.js';
import { sha256OfPath } from './recipe/sha256.js';
import { versionsOf } from './recipe/versions.js';
import { type Workspace, workspaceOf } from './recipe/workspace.js';

export interface CompressFileOptions extends Pick<RunOptions, 'onProgress' | 'signal' | 'synchronously'> {
  /** Goes on behind the last finished step of an interrupted run, and within a step from its checkpoint. */
  readonly resume?: boolean;
  /** Gets what is worth knowing and no error. */
  readonly onNote?: (note: Diagnostic) => void;
}

export interface CompressedFile {
  readonly output: string;
  /** Where the record is. */
  readonly recordFile: string;
  readonly record: FileRecord;
  /** Steps that an earlier run had finished. */
  readonly resumed: number;
}

/**
 * Writes the output, whole or not at all, and beside it `<output>.record.json`, after each step. Models and checkpoints of
 * a run that is not finished are in `<output>.run`.
 *
 * @param file by default the crimp.recipe.json (or .ts, .mts, .js, .mjs) of this folder
 * @throws CrimpError with all that is wrong with the recipe (`recipe`, `recipe-json`, `recipe-code`, `cannot-read`);
 *   `resume` when what there is belongs to another run; as `runRecipe`
 */
export async function compressFile(
  file?: string,
  options: CompressFileOptions = {},
): Promise<CompressedFile> {
  const loaded = await loadRecipe(file);
  const { folder } = loaded;
  const recipe = parseRecipe(loaded.value, loaded.file, (r) => checkFiles(r, folder, loaded.file));
  // As the user would name it from here.
  const output = path.relative('', path.resolve(folder, recipe.output)) || recipe.output;
  const workspace = workspaceOf(output);
  const fresh: FileRecord = {
    ...{ format: 'crimp-record', version: 1, status: 'running' },
    folder: portable(path.relative(path.dirname(path.resolve(output)), folder)),
    ...codeOf(loaded),
    recipe: plain(recipe),
    inputs: inputRecords(recipe, folder),
    versions: await versionsOf(recipe.steps.some(trains)),
    before: null,
    steps: [],
  };
  const found = options.resume ? workspace.record() : undefined;
  if (found) checkSame(found, fresh, workspace.recordFile);
  if (found && isComplete(found, output)) return { output, ...done(workspace, found, found.steps.length) };
  const earlier = found?.status === 'running' ? found : undefined;
  if (!earlier) workspace.clear();
  const finished = earlier && finishedOf(earlier, fresh, workspace);
  const record = await runInto(workspace, fresh, { recipe, folder, output, finished, options });
  return { output, ...done(workspace, record, finished?.steps.length ?? 0) };
}

function done({ recordFile }: Workspace, record: FileRecord, resumed: number) {
  return { recordFile, record, resumed };
}

function codeOf({ file, codeSha256 }: LoadedRecipe): Pick<FileRecord, 'code'> {
  return codeSha256 === undefined ? {} : { code: { file: path.basename(file), sha256: codeSha256 } };
}

/** With slashes on every system. */
function portable(name: string): string {
  return name === '' ? '.' : name.split(path.sep).join('/');
}

/** Nothing is left to do. */
function isComplete({ status, steps }: FileRecord, output: string): boolean {
  return status === 'finished' && existsSync(output) && sha256OfPath(output) === steps.at(-1)?.sha256;
}

interface Running {
  readonly recipe: ResolvedRecipe;
  readonly folder: string;
  readonly output: string;
  readonly finished?: Finished;
  readonly options: CompressFileOptions;
}

async function runInto(
  workspace: Workspace,
  fresh: FileRecord,
  { recipe, folder, output, finished, options }: Running,
): Promise<FileRecord> {
  const { onProgress, onNote, signal, synchronously } = options;
  const inputs = await readInputs(recipe, folder, onNote);
  let record: FileRecord = fresh;
  const write = (more: Partial<FileRecord>) => {
    record = { ...record, ...more };
    workspace.writeRecord(record);
  };
  write({ before: finished?.before ?? null, steps: finished?.steps.map((step) => step.record) ?? [] });
  const { seed, target, measure, steps } = recipe;
  const { bytes } = await runRecipe({ seed, target, measure, steps }, inputs, {
    ...{ onProgress, signal, synchronously, finished },
    checkpoint: (step, name) => {
      const file = workspace.checkpoint(step, name);
      mkdirSync(path.dirname(file), { recursive: true });
      return file;
    },
    onBefore: (before) => write({ before: plain(before) }),
    onStep: (index, step, model) => {
      workspace.saveModel(index, model);
      workspace.dropCheckpoints(index);
      write({ steps: [...record.steps, plain(step)] });
    },
  });
  replaceFile(output, bytes);
  write({ status: 'finished' });
  workspace.clear();
  return record;
}

/**
 * What an earlier run has finished holds as long as it is what this one would do: the steps up to there, the files and what
 * they run on. Later steps may have changed.
 */
function checkSame(earlier: FileRecord, now: FileRecord, file: string): void {
  const problems: Diagnostic[] = [];
  const hint = 'Start anew, without --resume.';
  const differs = (what: string) =>
    problems.push(error('resume', `belongs to another run: ${what}`, hint, { file }));
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const head = ({ steps: _, ...rest }: ResolvedRecipe) => rest;
  if (!same(head(earlier.recipe), head(now.recipe))) differs('the recipe differs before its steps');
  earlier.steps.forEach((_, i) => {
    if (!same(earlier.recipe.steps[i], now.recipe.steps[i])) differs(`steps[${i}] is finished, and differs`);
  });
  if (earlier.status === 'finished' && earlier.steps.length !== now.recipe.steps.length) {
    differs('it is finished, and had other steps');
  }
  if (!same(earlier.code, now.code)) differs('the program differs');
  for (const { role, file: name, sha256 } of earlier.inputs) {
    const input = now.inputs.find((other) => other.role === role);
    if (input && input.sha256 !== sha256) differs(`${name} has changed`);
  }
  if (!same(earlier.versions, now.versions)) {
    differs(`it ran on ${JSON.stringify(earlier.versions)}, this is ${JSON.stringify(now.versions)}`);
  }
  if (problems.length > 0) throw new CrimpError(problems);
}

function finishedOf(earlier: FileRecord, now: FileRecord, workspace: Workspace): Finished | undefined {
  const { before, steps } = earlier;
  if (!before) return undefined;
  const next = steps.length;
  // A step that is to be done otherwise has no use for what it had come to.
  if (JSON.stringify(earlier.recipe.steps[next]) !== JSON.stringify(now.recipe.steps[next])) {
    workspace.dropCheckpoints(next);
  }
  return {
    before,
    steps: steps.map((record, i) => {
      const bytes = workspace.model(i);
      if (bytes) return { record, bytes };
      const message = `the model behind steps[${i}] is no longer beside it`;
      throw inputError('resume', message, 'Start anew, without --resume.', { file: workspace.recordFile });
    }),
  };
}
