import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { formatNpz } from '../../src/data/index.js';
import { withTemporaryFolder } from '../../src/files.js';
import { random } from '../property/random.js';
import { crimp } from '../support/cli.js';
import { cnn } from '../support/onnx_models.js';
import { runOnnx } from '../support/onnxruntime.js';

test('an .onnx and its samples as PyTorch has them, through quantize, prune and distill', async () => {
  await withTemporaryFolder(async (folder) => {
    const rng = random(3);
    const [model, data] = ['model.onnx', 'train.npz'].map((name) => path.join(folder, name)) as [
      string,
      string,
    ];
    writeFileSync(model, cnn());
    const x = {
      values: Float32Array.from({ length: 24 * 768 }, () => 2 * rng.next() - 1),
      shape: [24, 3, 16, 16],
    };
    // Labels are ONNX Runtime's answers, so that any change of layout on the way shows.
    const y = new Int32Array(24);
    for (let i = 0; i < y.length; i++) {
      const input = { dims: [1, 3, 16, 16], data: x.values.slice(i * 768, (i + 1) * 768) };
      const scores = Object.values(await runOnnx(cnn(), { input }))[0]!.data;
      y[i] = scores.indexOf(Math.max(...scores));
    }
    writeFileSync(
      data,
      formatNpz(
        new Map<string, { values: Float32Array | Int32Array; shape: number[] }>([
          ['x', x],
          ['y', { values: y, shape: [24] }],
        ]),
      ),
    );
    const verb = async (...args: string[]) => {
      const { code, stdout, stderr } = await crimp([...args, '--data', data, '--json']);
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    };
    const int8 = path.join(folder, 'int8.tflite');
    const { accuracy } = await verb('quantize', model, '-o', int8, '--shape', 'input=1x3x16x16');
    assert.equal(accuracy.float, 1);
    assert.ok(accuracy.quantized >= 0.9, `${accuracy.quantized}`);
    await verb(
      'prune',
      model,
      '--sparsity',
      '0.5',
      '--finetune',
      '1',
      '-o',
      path.join(folder, 'pruned.tflite'),
    );
    await verb(
      'distill',
      model,
      '--shrink',
      '0.5',
      '--epochs',
      '1',
      '-o',
      path.join(folder, 'taught.tflite'),
    );
    const { code, stderr } = await crimp(['analyze', model, '--shape', 'input=3xmany']);
    assert.equal(code, 2);
    assert.match(stderr, /bad-usage.*--shape/);
  });
});
