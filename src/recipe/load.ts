/** A recipe's file → what it says, not yet looked at. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CrimpError, inputError } from '../diagnostics.js';
import { readInputFile } from '../files.js';

export interface LoadedRecipe {
  /** As the user named it. */
  readonly file: string;
  /** What its paths are taken from. */
  readonly folder: string;
  readonly value: unknown;
  /** Of a program; undefined for JSON. */
  readonly codeSha256?: string;
}

const standardNames = ['json', 'ts', 'mts', 'js', 'mjs'].map((ending) => `crimp.recipe.${ending}`);

/**
 * @param given by default the crimp.recipe.json (or .ts, .mts, .js, .mjs) of this folder
 * @throws CrimpError `cannot-read`, `recipe-json`, `recipe-code`
 */
export async function loadRecipe(given?: string): Promise<LoadedRecipe> {
  const file = given ?? standardNames.find((name) => existsSync(name)) ?? standardNames[0]!;
  const folder = path.dirname(path.resolve(file));
  const text = new TextDecoder().decode(readInputFile(file, 'Give the path of a recipe.'));
  if (!/\.[cm]?[jt]s$/.test(file)) return { file, folder, value: await parseJson(text, file) };
  const { loadCode } = await import('./bundle.js');
  const { value, sha256 } = await loadCode(file);
  return { file, folder, value, codeSha256: sha256 };
}

async function parseJson(text: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const { jsonErrors } = await import('./bundle.js');
    const found = await jsonErrors(text, file);
    if (found.length > 0) throw new CrimpError(found);
    throw inputError('recipe-json', `is no JSON: ${(cause as Error).message}`, 'Correct it.', { file });
  }
}
