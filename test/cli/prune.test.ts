/** `crimp prune` as a user meets it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import { crimp } from '../support/cli.js';

const digits = assetPath('examples/digits/digits.tflite');
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

test('what makes no sense is refused, and nothing is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'none.tflite');
    for (const [args, pattern] of [
      [[digits], /nothing says how much/],
      [[digits, '--macs', '0.5', '--params', '0.5'], /--macs and --params are two goals/],
      [[digits, '--macs', '0.5', '--sparsity', '0.5'], /--sparsity is about weights, --macs about channels/],
      [[digits, '--sparsity', '0.5', '--multiple-of', '4'], /--multiple-of is about channels/],
      [[digits, '--macs', '0.5', '--seed', '2'], /--seed is about fine-tuning/],
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
