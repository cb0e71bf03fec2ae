/** `crimp prune` as a user meets it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import { crimp } from '../support/cli.js';

const digits = assetPath('examples/digits/digits.tflite');
const data = assetPath('examples/digits/calibration.npz');
const int8Model = assetPath('test/fixtures/conv_int8.tflite');

test('one JSON document, and a model that is smaller', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'pruned.tflite');
    const ran = await crimp(['prune', digits, '--macs', '0.7', '--multiple-of', '2', '-o', output, '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    const { structured, device, bytes } = JSON.parse(ran.stdout);
    assert.ok(structured.macs.after <= 0.7 * structured.macs.before);
    assert.ok(structured.layers.every((l: { channels: { after: number } }) => l.channels.after % 2 === 0));
    assert.ok(bytes.after < bytes.before && device.after.arenaBytes < device.before.arenaBytes);
    assert.ok(existsSync(output));

    const sparse = path.join(folder, 'sparse.tflite');
    const text = await crimp(['prune', digits, '--sparsity', '0.5', '--pattern', '4x1', '-o', sparse]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^all +13,512 +6,7\d\d +50\.\d\d %$/m);
  });
});

test('channels go after group lasso, in rounds, and are fine-tuned', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'thin.tflite');
    const sparsify = ['--sparsify', '1', '--group-lasso', '1e-5'];
    const rounds = ['--macs', '0.7', '--importance', 'taylor', '--rounds', '2', '--finetune', '1'];
    const ran = await crimp(['prune', digits, ...sparsify, ...rounds, '-d', data, '-o', output, '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    const document = JSON.parse(ran.stdout);
    assert.ok(document.structured.macs.after <= 0.7 * document.structured.macs.before);
    assert.equal(document.structured.importance, 'taylor');
    assert.equal(document.sparsify.kind, 'group-lasso');
    assert.equal(document.sparsify.lambda, 1e-5);
    assert.deepEqual([document.rounds, document.training.length, document.schedule], [2, 2, null]);
    assert.ok(document.accuracy.sparsified > 0.8 && document.accuracy.finetuned > 0.8);

    const sparse = path.join(folder, 'sparse.tflite');
    const cubic = ['--sparsity', '0.8', '--schedule', 'cubic', '--finetune', '1', '--batch-size', '16'];
    const text = await crimp(['prune', digits, ...cubic, '-d', data, '-o', sparse]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^all +13,512 +2,702 +80\.00 %$/m);
    assert.match(text.stdout, /held out: [\d.]+ % before, [\d.]+ % after 1 epoch of fine-tuning/);
  });
});

test('what makes no sense is refused, and nothing is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'none.tflite');
    for (const [args, pattern] of [
      [[digits], /nothing says how much/],
      [[digits, '--macs', '0.5', '--params', '0.5'], /--macs and --params are two goals/],
      [[digits, '--macs', '0.5', '--sparsity', '0.5'], /--sparsity is about weights, --macs about channels/],
      [[digits, '--sparsity', '0.5', '--multiple-of', '4'], /--multiple-of is about channels/],
      [[digits, '--macs', '0.5', '--seed', '2'], /--seed is about fine-tuning/],
      [[digits, '--macs', '0.5', '--importance', 'taylor'], /no data to estimate Taylor importance on/],
      [[digits, '--sparsity', '0.5', '--importance', 'l2'], /--importance is about channels/],
      [
        [digits, '--macs', '0.5', '--schedule', 'cubic'],
        /--schedule is about weights, --macs about channels/,
      ],
      [[digits, '--sparsity', '0.5', '--schedule', 'cubic'], /while fine-tuning, and there is none/],
      [[digits, '--macs', '0.5', '--rounds', '2'], /rounds of pruning are fine-tuned in between/],
      [[digits, '--macs', '0.5', '--lasso', '1e-4'], /--lasso is about sparse training.*\n.*--sparsify 4/],
      [[digits, '--macs', '0.5', '--sparsify', '2'], /--sparsify trains with a penalty/],
      [[digits, '--macs', '0.5', '--lasso', '1', '--group-lasso', '1', '--sparsify', '2'], /two penalties/],
      [[digits, '--macs', '0.5', '--lasso', '1', '--sparsify', '2'], /no data to train on/],
      [[digits, '--macs', '0.5', '--lasso', '-1', '--sparsify', '2', '--data', data], /λ of lasso is -1/],
      [[digits, '--macs', '0.5', '--lasso', '1', '--sparsify', '0', '--data', data], /epochs is 0/],
      [
        [digits, '--sparsity', '0.5', '--group-lasso', '1', '--sparsify', '2'],
        /--group-lasso is about channels/,
      ],
      [[digits, '--macs', 'half'], /--macs takes a number, not "half"/],
      [[digits, '--pattern', '2/4'], /--pattern takes N:M or RxC/],
      [[digits, '--macs', '0.0001'], /goal-unreachable.*\n.*Ask for less/],
      [[int8Model, '--macs', '0.5'], /already-quantized.*\n.*Prune the float model first/],
    ] as const) {
      const ran = await crimp(['prune', ...args, '-o', output]);
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, pattern);
      assert.doesNotMatch(ran.stderr, /NaN|undefined|\n\s+at /);
    }
    assert.ok(!existsSync(output));
  });
});
