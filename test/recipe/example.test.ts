/** The recipe that is shown is one that runs: nothing is wrong with it, and its files are there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { checkFiles } from '../../src/recipe/files.js';
import { loadRecipe } from '../../src/recipe/load.js';
import { parseRecipe } from '../../src/recipe/parse.js';

test('examples/digits/crimp.recipe.json holds', async () => {
  const { file, folder, value } = await loadRecipe(assetPath('examples/digits/crimp.recipe.json'));
  const recipe = parseRecipe(value, file, (r) => checkFiles(r, folder, file));
  assert.deepEqual(
    recipe.steps.map(({ step }) => step),
    ['prune', 'distill', 'prune', 'quantize'],
  );
});
