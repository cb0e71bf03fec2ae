/** The schema for editors is the one that recipes are checked by. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { recipeJsonSchema } from '../../src/recipe/json_schema.js';

const file = assetPath('schema/recipe.json');
const update = 'CRIMP_UPDATE_SNAPSHOTS=1 node --import tsx --test test/recipe/json_schema.test.ts';

test('schema/recipe.json is current', () => {
  const text = `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`;
  if (process.env.CRIMP_UPDATE_SNAPSHOTS) writeFileSync(file, text);
  assert.equal(readFileSync(file, 'utf8'), text, `write it anew: ${update}`);
});

test('it knows every step and no key that takes code alone', () => {
  const text = readFileSync(file, 'utf8');
  for (const step of ['train', 'prune', 'distill', 'quantize'])
    assert.ok(text.includes(`"const": "${step}"`), step);
  assert.doesNotMatch(text, /"penalty"|only-code/);
  const { packageFiles, schema } = {
    packageFiles: (JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { files: string[] }).files,
    schema: JSON.parse(text) as { properties: object; required: string[] },
  };
  assert.ok(packageFiles.includes('schema'));
  assert.deepEqual(schema.required.sort(), ['model', 'output', 'steps']);
});
