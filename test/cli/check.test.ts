import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { crimp } from '../support/cli.js';

test('crimp check prints a table of layers, one document, and exits with what it found', async () => {
  const model = assetPath('test/fixtures/conv_int8.tflite');
  const table = await crimp(['check', model, '--samples', '2', '--layers']);
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /^0 +conv_1 +CONV_2D/m);
  assert.match(table.stdout, /XNNPACK rounds once, in float32; TFLM rounds twice\n\nagrees: /);
  const { code, stdout } = await crimp(['check', model, '--samples', '2', '--seed', '7', '--json']);
  const { runtime, samples, random, verdict, outputs } = JSON.parse(stdout);
  assert.deepEqual(
    [code, runtime.name, samples, random, verdict],
    [0, 'TensorFlow Lite', 2, true, 'explained'],
  );
  assert.equal(outputs[0].maxSteps, 1);
  const wrong = await crimp(['check', model, '--samples', 'few']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /bad-usage.*--samples/);
});
