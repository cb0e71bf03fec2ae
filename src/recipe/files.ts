/** The files of a recipe: which there are, what cannot be about them, and what they hold. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadDataset, parseNormalizeRule, prepareDataset, type ReadOptions } from '../data/index.js';
import { CrimpError, type Diagnostic, error, inputError } from '../diagnostics.js';
import type { Graph } from '../graph/graph.js';
import { importModel } from '../importers/index.js';
import { type ModelFile, readModelFile } from '../model_file.js';
import { splitOff } from '../train/batches.js';
import { modelsOf } from './check_data.js';
import type { KnownParts } from './parse.js';
import { placed, placeOf } from './problems.js';
import type { InputRecord } from './record.js';
import type { RecipeInputs } from './run.js';
import type { ResolvedRecipe } from './schema.js';
import { sha256OfPath } from './sha256.js';
import type { RecipeData } from './steps/step.js';

/** A file that a recipe names, and where. */
interface Named {
  readonly path: readonly PropertyKey[];
  readonly file: string;
}

function namedFiles({ model, data, steps }: Pick<KnownParts, 'model' | 'data' | 'steps'>): Named[] {
  const sets = (['train', 'validation', 'test'] as const).flatMap((key): Named[] => {
    const file = data[key];
    return typeof file === 'string' ? [{ path: ['data', key], file }] : [];
  });
  const models = steps.flatMap((step, i) =>
    (step ? modelsOf(step) : []).map(({ key, file }) => ({ path: ['steps', i, key], file })),
  );
  return [...(model === undefined ? [] : [{ path: ['model'], file: model }]), ...sets, ...models];
}

/** @param recipeFile as the user named it @param folder what paths are taken from */
export function checkFiles(recipe: KnownParts, folder: string, recipeFile?: string): Diagnostic[] {
  const named = namedFiles(recipe);
  const at = (file: string) => path.resolve(folder, file);
  const missing = named
    .filter(({ file }) => !existsSync(at(file)))
    .map((n) => error('cannot-read', `${n.file} is not there`, hintFor(n.file), placed(n.path, recipeFile)));
  return [...missing, ...checkOutput(recipe, named, at, recipeFile), ...checkNormalize(recipe, recipeFile)];
}

function checkOutput(
  { output }: KnownParts,
  named: readonly Named[],
  at: (file: string) => string,
  recipeFile?: string,
): Diagnostic[] {
  if (output === undefined) return [];
  const clash = (message: string) =>
    error('recipe', message, 'Name another file.', placed(['output'], recipeFile));
  const clashing = named.find(({ file }) => at(file) === at(output));
  return [
    ...(output.endsWith('.tflite') ? [] : [clash(`${output} does not end in .tflite`)]),
    ...(clashing ? [clash(`${output} is also ${placeOf(clashing.path)}, which is only read`)] : []),
  ];
}

function hintFor(file: string): string {
  return path.isAbsolute(file) ? 'Correct the path.' : 'Paths are taken from the recipe’s folder.';
}

function checkNormalize({ data }: KnownParts, file?: string): Diagnostic[] {
  if (typeof data.normalize !== 'string') return [];
  try {
    parseNormalizeRule(data.normalize);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof CrimpError)) throw thrown;
    return thrown.diagnostics.map((d) => ({ ...d, where: placed(['data', 'normalize'], file) }));
  }
}

export function inputRecords(recipe: ResolvedRecipe, folder: string): InputRecord[] {
  return namedFiles(recipe).map(({ path: keys, file }) => ({
    role: placeOf(keys),
    file,
    sha256: sha256OfPath(path.resolve(folder, file)),
  }));
}

/** Reads all that a recipe names. @throws CrimpError as importModel, prepareDataset */
export async function readInputs(
  recipe: ResolvedRecipe,
  folder: string,
  onNote?: (note: Diagnostic) => void,
): Promise<RecipeInputs> {
  const imported = (name: string) => {
    const file: ModelFile = readModelFile(path.resolve(folder, name));
    return importModel(file.bytes, { ...file, file: name });
  };
  const { graph, data } = await readData(recipe, folder, imported(recipe.model), onNote);
  const models = new Map<string, Graph>();
  recipe.steps.forEach((step, i) => {
    for (const { key, file } of modelsOf(step)) {
      const model = imported(file);
      if (!sameFeed(model, graph)) {
        const message = `${file} takes samples that are normalized differently from those of ${recipe.model}`;
        const hint = 'Train both with the same --normalize.';
        throw inputError('recipe', message, hint, placed(['steps', i, key]));
      }
      models.set(file, model);
    }
  });
  return { model: graph, data, models };
}

function sameFeed(a: Graph, b: Graph): boolean {
  return JSON.stringify(a.normalization ?? null) === JSON.stringify(b.normalization ?? null);
}

async function readData(
  { data, seed }: ResolvedRecipe,
  folder: string,
  model: Graph,
  onNote?: (note: Diagnostic) => void,
): Promise<{ graph: Graph; data: RecipeData }> {
  const { labelColumn } = data;
  const reading: ReadOptions = { labelColumn, onNote };
  const normalize = data.normalize === undefined ? undefined : parseNormalizeRule(data.normalize);
  const at = (file: string) => path.resolve(folder, file);
  const prepared =
    data.train === undefined
      ? { graph: model, dataset: undefined }
      : await prepareDataset(at(data.train), model, { ...reading, normalize });
  const { graph } = prepared;
  // The others are read as the training data have decided.
  const load = async (file: string | undefined) => file && loadDataset(at(file), graph, reading);
  const test = (await load(data.test)) || undefined;
  const { validation } = data;
  if (typeof validation !== 'number') {
    return {
      graph,
      data: { train: prepared.dataset, validation: (await load(validation)) || undefined, test },
    };
  }
  if (!prepared.dataset) return { graph, data: { test } };
  // Split once, so that no step sees what another holds out.
  return { graph, data: { ...splitOff(prepared.dataset, validation, seed), test } };
}
