/** `crimp train` as a user meets it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assetPath } from '../../src/assets.js';
import { formatNpz } from '../../src/data/index.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import { importModel } from '../../src/importers/index.js';
import { variablesOf } from '../../src/train/variables.js';
import { random } from '../property/random.js';
import { crimp, withoutProgress } from '../support/cli.js';
import { Network } from '../support/network.js';

/** A dense network and points in the plane, labeled by the sign of x · y; and what else a data file may hold. */
function writeProblem(folder: string) {
  const n = new Network('signs', 'float32', 2);
  const graph = n.build(n.softmax(n.dense(n.dense(n.input([1, 2]), 12, 'RELU'), 2)));
  const rng = random(4);
  const values = Float32Array.from({ length: 600 }, () => 2 * rng.next() - 1);
  const labels = Uint8Array.from({ length: 300 }, (_, i) =>
    values[2 * i]! * values[2 * i + 1]! > 0 ? 1 : 0,
  );
  const at = (name: string) => path.join(folder, name);
  const write = (name: string, y: Float32Array | Uint8Array, count = 300) =>
    writeFileSync(
      at(name),
      formatNpz([
        ['x', { values: values.slice(0, 2 * count), shape: [count, 2] }],
        ['y', { values: y.slice(0, count), shape: [count] }],
      ]),
    );
  writeFileSync(at('signs.tflite'), exportTflite(graph));
  write('train.npz', labels);
  write(
    'fractions.npz',
    Float32Array.from(labels, (label) => label + 0.5),
  );
  write(
    'twos.npz',
    labels.map((label) => 2 * label),
  );
  write('empty.npz', labels, 0);
  return at;
}

test('a document with the history, the same file for the same seed, and a text', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeProblem(folder);
    const args = ['train', at('signs.tflite'), '--data', at('train.npz'), '--learning-rate', '0.02'];
    const flags = ['--epochs', '12', '--schedule', 'cosine', '--validation', '0.2'];
    const ran = await crimp([...args, ...flags, '-o', at('a.tflite'), '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(withoutProgress(ran.stderr), '');
    const { history, samples, epoch, parameters, weights } = JSON.parse(ran.stdout);
    assert.deepEqual([samples, epoch, history.length], [300, 12, 12]);
    assert.deepEqual([parameters, weights], [62, { count: 48, zeros: 0 }]);
    assert.ok(history.at(-1).accuracy > 0.9 && history.at(-1).validation.accuracy > 0.85, ran.stdout);
    const text = await crimp([...args, ...flags, '-o', at('b.tflite')]);
    assert.match(text.stdout, /^ +12 +0\.\d+ +0\.\d+ +9\d\.\d\d % +0\.\d+ +\d+\.\d\d %$/m);
    assert.deepEqual(readFileSync(at('a.tflite')), readFileSync(at('b.tflite')));
  });
});

test('--fresh leaves nothing of the weights that the model had', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeProblem(folder);
    const flags = ['--data', at('train.npz'), '--epochs', '2', '--fresh'];
    const from = async (model: string, seed: string, output: string) => {
      const ran = await crimp(['train', at(model), ...flags, '--seed', seed, '-o', at(output)]);
      assert.equal(ran.code, 0, ran.stderr);
      return readFileSync(at(output));
    };
    const first = await from('signs.tflite', '3', 'a.tflite');
    assert.deepEqual(await from('a.tflite', '3', 'b.tflite'), first);
    assert.notDeepEqual(await from('a.tflite', '4', 'b.tflite'), first);
  });
});

test('what is pruned stays pruned, and a checkpoint is resumed', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeProblem(folder);
    const pruned = await crimp(['prune', at('signs.tflite'), '--sparsity', '0.5', '-o', at('sparse.tflite')]);
    assert.equal(pruned.code, 0, pruned.stderr);
    const args = ['train', at('sparse.tflite'), '--data', at('train.npz'), '--keep-zeros', '--epochs', '3'];
    const flags = [...args, '--checkpoint', at('run.npz'), '--resume', '-o', at('tuned.tflite'), '--json'];
    const first = await crimp(flags);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(JSON.parse(first.stdout).weights.zeros, 24);
    const zeros = (file: string) => {
      const graph = importModel(readFileSync(at(file)), { name: 'signs' });
      const weights = variablesOf(graph).filter(({ role }) => role === 'weights');
      return weights.map(({ tensor }) =>
        [...(graph.tensors[tensor]!.data as Float32Array)].map((v) => v === 0),
      );
    };
    assert.deepEqual(zeros('tuned.tflite'), zeros('sparse.tflite'));
    assert.deepEqual(JSON.parse((await crimp(flags)).stdout), JSON.parse(first.stdout));
    const other = await crimp([...flags, '--seed', '2']);
    assert.equal(other.code, 2);
    assert.match(other.stderr, /error\[checkpoint\].*another training/);
  });
});

test('Ctrl-C leaves a checkpoint and nothing half written; resumed, the file is that of an undisturbed run', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeProblem(folder);
    const args = ['train', at('signs.tflite'), '-d', at('train.npz'), '--epochs', '200'];
    const flags = [...args, '--checkpoint', at('run.npz'), '--resume', '-o', at('o.tflite')];
    const child = spawn(process.execPath, [assetPath('dist/cli.js'), ...flags], { stdio: 'ignore' });
    const ended = once(child, 'close');
    while (!existsSync(at('run.npz')) && child.exitCode === null) await setTimeout(5);
    child.kill('SIGINT');
    assert.deepEqual(await ended, [130, null]);
    assert.ok(!existsSync(at('o.tflite')));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
    const resumed = await crimp(flags);
    assert.equal(resumed.code, 0, resumed.stderr);
    await crimp([...args, '-o', at('whole.tflite')]);
    assert.deepEqual(readFileSync(at('o.tflite')), readFileSync(at('whole.tflite')));
  });
});

test('what cannot be done is said, and no file is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = writeProblem(folder);
    const before = readdirSync(folder);
    const refused = async (pattern: RegExp, data: string, ...flags: string[]) => {
      const ran = await crimp(['train', at('signs.tflite'), '-d', at(data), '-o', at('o.tflite'), ...flags]);
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, pattern);
      assert.doesNotMatch(ran.stderr, /\n\s+at .*:\d+/);
      assert.ok(!existsSync(at('o.tflite')));
    };
    await refused(/data-labels.*no class labels/, 'fractions.npz');
    await refused(/data-labels.*is 2, and the model has 2 outputs/, 'twos.npz');
    await refused(/holds no samples/, 'empty.npz');
    await refused(/--epochs takes a number/, 'train.npz', '--epochs', 'many');
    await refused(/--schedule takes/, 'train.npz', '--schedule', 'steps');
    await refused(/train-option.*no validation data/, 'train.npz', '--patience', '3');
    await refused(/training-diverged/, 'train.npz', '--optimizer', 'sgd', '--learning-rate', '1e38');
    assert.deepEqual(readdirSync(folder), before);
  });
});
