/** `crimp compress` as a user meets it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import { writeSigns } from '../recipe/signs.js';
import { crimp } from '../support/cli.js';

const long = { step: 'train', epochs: 80, learningRate: 0.01 };

test('Ctrl-C within a step leaves a record and nothing half written; resumed, the file is that of an undisturbed run', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    const steps = [{ step: 'prune', sparsity: 0.25 }, long, { step: 'quantize' }];
    const write = (output: string) =>
      writeFileSync(
        at('crimp.recipe.json'),
        JSON.stringify({
          model: 'signs.tflite',
          data: { train: 'train.npz', test: 'test.npz' },
          output,
          steps,
        }),
      );
    write('out.tflite');
    const command = [assetPath('dist/cli.js'), 'compress'];
    const child = spawn(process.execPath, command, { cwd: folder, stdio: 'ignore' });
    const ended = once(child, 'close');
    const checkpoint = at('out.tflite.run/checkpoints-1/train.npz');
    while (!existsSync(checkpoint) && child.exitCode === null) await setTimeout(5);
    child.kill('SIGINT');
    assert.deepEqual(await ended, [130, null]);
    assert.ok(existsSync(checkpoint) && !existsSync(at('out.tflite')));
    const { status, steps: finished } = JSON.parse(readFileSync(at('out.tflite.record.json'), 'utf8'));
    assert.deepEqual([status, finished.length], ['running', 1]);
    assert.deepEqual(
      readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp')),
      [],
    );

    const resumed = await crimp(['compress', '--resume'], folder);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stdout, /1 step had been finished before/);
    assert.ok(!existsSync(at('out.tflite.run')));
    const bytes = readFileSync(at('out.tflite'));
    write('whole.tflite');
    const whole = await crimp(['compress', '--json'], folder);
    assert.equal(whole.code, 0, whole.stderr);
    assert.deepEqual(readFileSync(at('whole.tflite')), bytes);
    const document = JSON.parse(whole.stdout);
    assert.deepEqual([document.output, document.recordFile], ['whole.tflite', 'whole.tflite.record.json']);
    assert.equal(document.steps[1].history.length, 80);

    const checked = await crimp(
      ['compress', '--check', 'whole.tflite.record.json', '-o', 'again.tflite'],
      folder,
    );
    assert.equal(checked.code, 0, checked.stderr);
    assert.match(checked.stdout, /the same bytes after each of its 3 steps/);
    assert.deepEqual(readFileSync(at('again.tflite')), bytes);
  });
});

test('a table of the steps, figures of the virtual board, and a record that is found out', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    writeFileSync(
      at('r.mts'),
      `import { defineRecipe } from 'crimp';
       export default defineRecipe({ model: 'signs.tflite', data: { train: 'train.npz' }, output: 'o.tflite',
         measure: true, steps: [{ step: 'quantize' }] });`,
    );
    const ran = await crimp(['compress', at('r.mts')]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /^# +step +dtype +.*firmware B +cycles/m);
    assert.match(ran.stdout, /^ +as it is +float32 .* 248 +56 +\d\d?,\d{3} +\d+,\d{3}$/m);
    assert.match(ran.stdout, /^0 +quantize +int8 /m);
    const record = at('o.tflite.record.json');
    const { steps } = JSON.parse(readFileSync(record, 'utf8'));
    assert.ok(steps[0].device.cycles > 1000 && steps[0].device.flashBytes > 5000);
    writeFileSync(record, readFileSync(record, 'utf8').replace(steps[0].sha256, '0'.repeat(64)));
    const checked = await crimp(['compress', '--check', record]);
    assert.equal(checked.code, 1, checked.stderr);
    assert.match(checked.stdout, /NOT the same bytes, from step 0 \(quantize\) on/);
  });
});

test('what is wrong is said at once, with exit code 2, and no file is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeSigns(folder);
    const recipe = {
      model: 'sign.tflite',
      output: 'o.tflite',
      steps: [{ step: 'prune', sparsty: 0.5 }, long],
    };
    writeFileSync(at('crimp.recipe.json'), JSON.stringify(recipe));
    const before = readdirSync(folder);
    const ran = await crimp(['compress', '--json'], folder);
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /crimp\.recipe\.json, model: sign\.tflite is not there/);
    assert.match(ran.stderr, /crimp\.recipe\.json, steps\[0\]\.sparsty: .*\n.*Did you mean "sparsity"/);
    assert.match(ran.stderr, /steps\[1\]: train needs data/);
    assert.equal(JSON.parse(ran.stdout).diagnostics.length, 3);
    assert.equal((await crimp(['compress', 'none.json'], folder)).code, 2);
    assert.match((await crimp(['compress', '-o', 'x.tflite'], folder)).stderr, /the recipe says/);
    assert.match(
      (await crimp(['compress', 'r.json', '--check', 'x'], folder)).stderr,
      /--check takes the recipe/,
    );
    assert.deepEqual(readdirSync(folder), before);
  });
});
