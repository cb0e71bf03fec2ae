/** Recipes from files: JSON and programs, the record beside the output, and repeating a run from it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkRecord } from '../../src/check_record.js';
import { type CompressedFile, compressFile } from '../../src/compress_file.js';
import { CrimpError } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { loadRecipe } from '../../src/recipe/load.js';
import type { FileRecord } from '../../src/recipe/record.js';
import { writeSigns } from './signs.js';

const steps = [
  { step: 'train', epochs: 2, learningRate: 0.03 },
  { step: 'prune', sparsity: 0.5, finetune: 1 },
  { step: 'quantize' },
];
const recipe = {
  model: 'signs.tflite',
  data: { train: 'train.npz', validation: 0.1, test: 'test.npz' },
  output: 'small.tflite',
  steps,
};

async function refused(
  work: Promise<unknown>,
  expected: readonly (readonly [code: string, pattern: RegExp])[],
) {
  await assert.rejects(work, (thrown: unknown) => {
    assert.ok(thrown instanceof CrimpError, String(thrown));
    const said = JSON.stringify(thrown.diagnostics, null, 1);
    assert.equal(thrown.diagnostics.length, expected.length, said);
    expected.forEach(([code, pattern], i) => {
      const { code: found, message, where } = thrown.diagnostics[i]!;
      assert.equal(found, code, said);
      assert.match(`${where?.file} ${where?.place}: ${message}`, pattern, said);
    });
    return true;
  });
}

const timeless = ({ record }: CompressedFile) =>
  JSON.parse(JSON.stringify(record, (key, value) => (key === 'seconds' ? undefined : value))) as FileRecord;

test('a recipe leaves its output and a record; twice the same; repeated from the record too', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    writeFileSync(at('crimp.recipe.json'), JSON.stringify({ $schema: 'schema/recipe.json', ...recipe }));
    const first = await compressFile(at('crimp.recipe.json'));
    const bytes = readFileSync(at('small.tflite'));
    const record = JSON.parse(readFileSync(at('small.tflite.record.json'), 'utf8')) as FileRecord;
    assert.deepEqual(record, JSON.parse(JSON.stringify(first.record)));
    assert.deepEqual([record.status, record.folder, record.code], ['finished', '.', undefined]);
    assert.deepEqual(
      record.inputs.map(({ role, file, sha256 }) => [role, file, sha256.length]),
      [
        ['model', 'signs.tflite', 64],
        ['data.train', 'train.npz', 64],
        ['data.test', 'test.npz', 64],
      ],
    );
    assert.equal(record.versions.node, process.versions.node);
    assert.deepEqual([record.versions.tfjs?.split('.').length, record.versions.backend], [3, 'wasm']);
    assert.equal(record.steps[1]!.history!.at(-1)!.validation === null, false);
    assert.ok(!existsSync(at('small.tflite.run')));

    const second = await compressFile(at('crimp.recipe.json'));
    assert.deepEqual(readFileSync(at('small.tflite')), bytes);
    assert.deepEqual(timeless(second), timeless(first));

    const checked = await checkRecord(at('small.tflite.record.json'), { output: at('again.tflite') });
    assert.deepEqual([checked.same, checked.steps.length, checked.versions], [true, 3, []]);
    assert.deepEqual(readFileSync(at('again.tflite')), bytes);

    // A record of something else is found out.
    const other = { ...record, steps: record.steps.map((step) => ({ ...step, sha256: '0'.repeat(64) })) };
    writeFileSync(
      at('other.record.json'),
      JSON.stringify({ ...other, versions: { ...record.versions, node: '1' } }),
    );
    const differs = await checkRecord(at('other.record.json'));
    assert.deepEqual([differs.same, differs.versions.map(({ name }) => name)], [false, ['node']]);

    writeFileSync(at('train.npz'), readFileSync(at('test.npz')));
    await refused(checkRecord(at('small.tflite.record.json')), [
      ['record', /data\.train: train\.npz is no longer/],
    ]);
    writeFileSync(at('running.record.json'), JSON.stringify({ ...record, status: 'running' }));
    await refused(checkRecord(at('running.record.json')), [['record', /has not finished/]]);
    await refused(checkRecord(at('crimp.recipe.json')), [['record', /is no record/]]);
  });
});

test('a program gives the recipe: with imports, functions and crimp itself; its record knows it by its code', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    writeFileSync(
      at('steps.ts'),
      `export const steps = [{ step: 'train' as const, epochs: 1, loss: squared }];
      import type { CustomLoss } from 'crimp';
      function squared(...[{ logits }, tf]: Parameters<CustomLoss>) { return tf.mean(tf.square(logits)); }`,
    );
    writeFileSync(
      at('crimp.recipe.ts'),
      `import { readFileSync } from 'node:fs';
      import { defineRecipe } from 'crimp';
      import { steps } from './steps';
      export default async () => {
        const data: { train: string } = { train: 'train.npz' };
        if (typeof readFileSync !== 'function') throw new Error('no node');
        return defineRecipe({ model: 'signs.tflite', data, output: 'out/small.tflite', steps });
      };`,
    );
    const { record, recordFile } = await compressFile(at('crimp.recipe.ts'));
    assert.ok(existsSync(at('out/small.tflite')));
    assert.deepEqual(
      [record.folder, record.code!.file, record.code!.sha256.length],
      ['..', 'crimp.recipe.ts', 64],
    );
    assert.deepEqual((record.recipe.steps[0] as { loss: unknown }).loss, { function: 'squared' });
    assert.equal((await checkRecord(recordFile)).same, true);
    writeFileSync(at('steps.ts'), readFileSync(at('steps.ts'), 'utf8').replace('tf.square', 'tf.abs'));
    await refused(checkRecord(recordFile), [['record', /crimp\.recipe\.ts.*not the program/]]);
  });
});

test('a recipe that cannot be read: bad JSON, programs that do not compile, fail or export nothing', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    const write = (name: string, text: string) => {
      writeFileSync(at(name), text);
      return loadRecipe(at(name));
    };
    await refused(loadRecipe(at('none.json')), [['cannot-read', /none\.json/]]);
    await refused(write('a.json', '{\n  "model": x\n}'), [['recipe-json', /a\.json line 2, column 12: /]]);
    await refused(write('a.ts', 'export default {\n  steps: [\n};'), [
      ['recipe-code', /a\.ts line 3, column 1: /],
    ]);
    await refused(write('b.ts', "import './c.js';\nexport default {};"), [
      ['recipe-code', /b\.ts line 1, column 8: .*c\.js/],
    ]);
    await refused(write('d.mjs', "throw new Error('no luck');"), [
      ['recipe-code', /d\.mjs .*: fails: no luck/],
    ]);
    await refused(write('e.js', 'export const recipe = {};'), [['recipe-code', /no default export/]]);
    assert.deepEqual((await write('f.mts', 'export default { seed: 3 as number };')).value, { seed: 3 });
  });
});

test('resume refuses what another run has left, and knows when nothing is left to do', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    const write = (value: object) => writeFileSync(at('r.json'), JSON.stringify(value));
    write(recipe);
    const first = await compressFile(at('r.json'), { resume: true });
    assert.equal(first.resumed, 0);
    const again = await compressFile(at('r.json'), { resume: true });
    assert.deepEqual([again.resumed, again.record], [3, JSON.parse(JSON.stringify(first.record))]);
    write({ ...recipe, seed: 2 });
    await refused(compressFile(at('r.json'), { resume: true }), [
      ['resume', /differs before its steps/],
      ['resume', /steps\[0\] is finished, and differs/],
      ['resume', /steps\[1\]/],
      ['resume', /steps\[2\]/],
    ]);
    write(recipe);
    writeFileSync(at('test.npz'), readFileSync(at('train.npz')));
    await refused(compressFile(at('r.json'), { resume: true }), [['resume', /test\.npz has changed/]]);
  });
});
