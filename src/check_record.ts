/** Runs again what a record tells of, and says whether the same bytes come out. */
import path from 'node:path';
import { CrimpError, type Diagnostic, error, inputError } from './diagnostics.js';
import { replaceFile } from './files.js';
import { checkFiles, inputRecords, readInputs } from './recipe/files.js';
import { loadRecipe } from './recipe/load.js';
import { parseRecipe } from './recipe/parse.js';
import { type FileRecord, plain } from './recipe/record.js';
import { type RunOptions, runRecipe, trains } from './recipe/run.js';
import type { ResolvedRecipe } from './recipe/schema.js';
import { type Versions, versionsOf } from './recipe/versions.js';
import { readRecord } from './recipe/workspace.js';

export interface CheckRecordOptions extends Pick<RunOptions, 'onProgress' | 'signal' | 'synchronously'> {
  /** Where the model that comes out goes; it goes nowhere unless given. */
  readonly output?: string;
  readonly onNote?: (note: Diagnostic) => void;
}

export interface CheckedStep {
  readonly step: string;
  /** Of the .tflite behind it. */
  readonly recorded: string;
  readonly repeated: string;
}

export interface CheckedRecord {
  readonly recordFile: string;
  /** Every step gave the bytes that it gave then. */
  readonly same: boolean;
  readonly steps: readonly CheckedStep[];
  /** What this run ran on otherwise. */
  readonly versions: readonly {
    readonly name: string;
    readonly recorded: string;
    readonly repeated: string;
  }[];
}

/**
 * @throws CrimpError `record` for one that cannot be repeated, with every file that is no longer what it was; as
 *   `compressFile`
 */
export async function checkRecord(file: string, options: CheckRecordOptions = {}): Promise<CheckedRecord> {
  const record = readRecord(file);
  if (record.status !== 'finished') {
    const hint = 'Finish it first: crimp compress --resume.';
    throw inputError('record', 'is of a run that has not finished', hint, { file });
  }
  const folder = path.resolve(path.dirname(file), record.folder);
  const recipe = await recipeOf(record, folder, file);
  checkInputs(record, recipe, folder, file);
  const { output, onNote, ...running } = options;
  const inputs = await readInputs(recipe, folder, onNote);
  const { seed, target, measure, steps } = recipe;
  const { bytes, record: repeated } = await runRecipe({ seed, target, measure, steps }, inputs, running);
  if (output !== undefined) replaceFile(output, bytes);
  const checked = record.steps.map(({ step, sha256 }, i) => ({
    ...{ step, recorded: sha256 },
    repeated: repeated.steps[i]!.sha256,
  }));
  return {
    recordFile: file,
    same: checked.every((step) => step.recorded === step.repeated),
    steps: checked,
    versions: differencesOf(record.versions, await versionsOf(steps.some(trains))),
  };
}

/** From the record; where it was a program, from that, if it still says the same. */
async function recipeOf(record: FileRecord, folder: string, file: string): Promise<ResolvedRecipe> {
  if (!record.code) return parseRecipe(record.recipe, file);
  const loaded = await loadRecipe(path.relative('', path.join(folder, record.code.file)));
  const recipe = parseRecipe(loaded.value, loaded.file);
  const same = loaded.codeSha256 === record.code.sha256;
  if (same && JSON.stringify(plain(recipe)) === JSON.stringify(record.recipe)) return recipe;
  const hint = 'Check it with the recipe as it was.';
  throw inputError('record', 'is not the program that the run was made with', hint, { file: loaded.file });
}

function checkInputs({ inputs }: FileRecord, recipe: ResolvedRecipe, folder: string, file: string): void {
  const missing = checkFiles(recipe, folder).filter(({ code }) => code === 'cannot-read');
  if (missing.length > 0) {
    throw new CrimpError(missing.map((d) => ({ ...d, where: { ...d.where, file } })));
  }
  const now = inputRecords(recipe, folder);
  const changed = inputs.flatMap(({ role, file: name, sha256 }) => {
    const found = now.find((input) => input.role === role)?.sha256;
    if (found === sha256) return [];
    const message = `${name} is no longer the file that the run has read: its SHA-256 is ${found}, and was ${sha256}`;
    return [error('record', message, 'Bring back the files of then.', { file, place: role })];
  });
  if (changed.length > 0) throw new CrimpError(changed);
}

function differencesOf(recorded: Versions, repeated: Versions): CheckedRecord['versions'] {
  return (Object.keys(recorded) as (keyof Versions)[])
    .filter((name) => recorded[name] !== repeated[name])
    .map((name) => ({ name, recorded: String(recorded[name]), repeated: String(repeated[name]) }));
}
