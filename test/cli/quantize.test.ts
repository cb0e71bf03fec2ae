import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { checkGraph } from '../../src/graph/check.js';
import { importModel } from '../../src/importers/index.js';
import { findTarget } from '../../targets/index.js';
import { crimp } from '../support/cli.js';

const digits = (file: string) => assetPath(`examples/digits/${file}`);
const quantize = (output: string, ...flags: string[]) =>
  crimp(['quantize', digits('digits.tflite'), '--data', digits('calibration.npz'), '-o', output, ...flags]);

test('int4 by the command: what it says of the device is what its file compiles to', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'int4.tflite');
    const flags = [
      '--weights',
      'int4',
      '--int4-sqnr',
      '18',
      '--rounding',
      'data',
      '--correct-bias',
      '--json',
    ];
    const { code, stdout, stderr } = await quantize(output, ...flags);
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout);
    assert.deepEqual(
      [document.weights, document.rounding, document.biasCorrected, document.equalized],
      ['int4', 'data', true, false],
    );
    const dtypes = new Set(document.layers.map((layer: { weights: string | null }) => layer.weights));
    assert.deepEqual(dtypes, new Set(['int4', null, 'int8']));
    const graph = importModel(readFileSync(output), { name: 'digits' });
    const target = findTarget(document.device.target);
    const { weightsBytes, arenaBytes } = compile(graph, target).sources;
    const packedWeightsBytes = compile(graph, target, { packWeights: true }).sources.weightsBytes;
    assert.deepEqual(document.device.quantized, {
      ...{ dtype: 'int8', weightsBytes, packedWeightsBytes, arenaBytes },
    });
    assert.ok(weightsBytes < document.device.float.weightsBytes / 3);
  });
});

test('forms without a kernel and limits without int4 are refused, and nothing is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'none.tflite');
    for (const [flags, reason] of [
      [['--activations', 'int16', '--weights', 'int4'], /cannot-quantize.*int16 activations with int4/],
      [['--int4-sqnr', '15'], /bad-usage.*beside --weights int4/],
      [['--weights', 'int4', '--int4-sqnr', 'high'], /bad-usage.*"high"/],
      [['--target', 'moon'], /unknown-target/],
    ] as const) {
      const { code, stderr } = await quantize(output, ...flags);
      assert.equal(code, 2, stderr);
      assert.match(stderr, reason);
      assert.ok(!existsSync(output));
    }
  });
});

test('quantization-aware training by the command: before and after, its history, and flags that need it', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'trained.tflite');
    const flags = ['--weights', 'int4', '--qat', '1', '--batch-size', '64', '--validation', '0.2', '--json'];
    const { code, stdout, stderr } = await quantize(output, ...flags);
    assert.equal(code, 0, stderr);
    const { training, accuracy, samples, weights } = JSON.parse(stdout);
    assert.deepEqual([training.samples, samples, weights], [240, 240, 'int4']);
    assert.deepEqual(training.evaluated, { samples: 60, heldOut: true });
    assert.equal(training.history.length, 1);
    assert.equal(training.history[0].validation.accuracy, accuracy.quantized);
    assert.ok(accuracy.quantized > 0.9 && training.before > 0.9 && accuracy.float > 0.9);
    assert.deepEqual(checkGraph(importModel(readFileSync(output), { name: 'trained' })), []);

    const none = path.join(folder, 'none.tflite');
    for (const [wrong, reason] of [
      [['--seed', '3'], /bad-usage.*--seed is about training/],
      [['--no-keep-zeros'], /bad-usage.*--no-keep-zeros is about training/],
      [['--qat', 'four'], /bad-usage.*--qat takes a number/],
      [['--qat', '0'], /train-option.*epochs is 0/],
      [['--qat', '1', '--rounding', 'data'], /bad-usage.*rounding to data/],
      [['--qat', '1', '--resume'], /train-option.*no checkpoint/],
    ] as const) {
      const refused = await quantize(none, ...wrong);
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(refused.stderr, reason);
      assert.ok(!existsSync(none));
    }
  });
});
