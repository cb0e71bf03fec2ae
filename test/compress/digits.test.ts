/** The shipped example from the float file to int8 answers, against the figures that are committed beside it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../src/assets.js';
import { calibratorNames } from '../../src/compress/quantize/calibrators.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { readDataset, readSamples } from '../../src/data/index.js';
import { CrimpError } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import { importModel } from '../../src/importers/index.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { quantizeFile } from '../../src/quantize_file.js';
import { runTflite } from '../support/tfjs_tflite.js';

const at = (name: string) => path.join(packageRoot, 'examples', 'digits', name);
const bytes = readFileSync(at('digits.tflite'));
const graph = importModel(bytes, { name: 'digits' });
const calibration = readDataset(at('calibration.npz'), graph);
const metrics = JSON.parse(readFileSync(at('metrics.json'), 'utf8')) as { accuracy: number };

test('the float model reaches its committed accuracy', () => {
  const { accuracy } = simulateSamples(graph, readSamples(at('test.npz'), graph));
  assert.equal(accuracy, metrics.accuracy);
  assert.ok(metrics.accuracy >= 0.98);
  assert.ok(bytes.length < 150_000);
});

test('no calibration digit is among the held-out ones', () => {
  const digitsOf = (name: string) => {
    const { count, bytes: digit } = readSamples(at(name), graph);
    return Array.from({ length: count }, (_, i) => Buffer.from(digit(i)).toString('latin1'));
  };
  const heldOut = new Set(digitsOf('test.npz'));
  assert.equal(heldOut.size, 2000);
  assert.ok(digitsOf('calibration.npz').every((digit) => !heldOut.has(digit)));
});

test('int8 stays within 0.3 points of float on the 2,000 held-out digits', (t) => {
  const { graph: int8, report } = quantize(graph, calibration);
  const { accuracy } = simulateSamples(int8, readSamples(at('test.npz'), int8));
  const worst = Math.min(...report.layers.map((l) => l.sqnr!));
  t.diagnostic(`int8 ${accuracy}, float ${metrics.accuracy}, worst layer ${worst.toFixed(1)} dB`);
  assert.ok(metrics.accuracy - accuracy! <= 0.003, `${accuracy}`);
});

const precisions = {
  'int16 activations': { options: { activations: 'int16' }, drop: 0.003 },
  'int4 weights': { options: { weights: 'int4' }, drop: 0.01 },
  'int4 weights, rounded by data, biases corrected': {
    options: { weights: 'int4', rounding: 'data', correctBias: true },
    drop: 0.006,
  },
} as const;

let onFirst500: number | undefined;
function accuracyOfFloat(): number {
  onFirst500 ??= simulateSamples(graph, { ...readSamples(at('test.npz'), graph), count: 500 }).accuracy!;
  return onFirst500;
}

for (const [name, { options, drop }] of Object.entries(precisions)) {
  test(`${name}: at most ${100 * drop} points below float on 500 held-out digits`, (t) => {
    const { graph: quantized, report } = quantize(graph, calibration, options);
    const { accuracy } = simulateSamples(quantized, {
      ...readSamples(at('test.npz'), quantized),
      count: 500,
    });
    const real = accuracyOfFloat();
    const worst = Math.min(...report.layers.map((l) => l.sqnr!));
    t.diagnostic(`${accuracy}, float ${real}, worst layer ${worst.toFixed(1)} dB`);
    assert.ok(real - accuracy! <= drop, `${accuracy} instead of ${real}`);
  });
}

test('every calibrator serves', () => {
  const count = 300;
  const real = simulateSamples(graph, { ...readSamples(at('test.npz'), graph), count }).accuracy!;
  for (const calibrator of calibratorNames) {
    const { graph: int8, report } = quantize(graph, calibration, { calibrator });
    const { accuracy } = simulateSamples(int8, { ...readSamples(at('test.npz'), int8), count });
    assert.ok(real - accuracy! <= 0.01, `${calibrator}: ${accuracy} instead of ${real}`);
    assert.ok(report.accuracy!.float - report.accuracy!.quantized <= 0.01, calibrator);
    assert.ok(
      report.layers.every((l) => l.sqnr! > 20),
      calibrator,
    );
  }
});

test('pixels are taken as they are: scale 1, zero point −128', () => {
  const { graph: int8 } = quantize(graph, calibration);
  const { scale, zeroPoint } = int8.tensors[int8.inputs[0]!]!.quantization!;
  assert.deepEqual([scale[0], zeroPoint[0]], [1, -128]);
});

for (const io of ['int8', 'float'] as const) {
  test(`TensorFlow Lite accepts the file (${io} inputs) and agrees within a step`, async () => {
    const { graph: quantized } = quantize(graph, calibration, { io });
    const file = exportTflite(quantized);
    const samples = readSamples(at('test.npz'), quantized);
    const [count, classes] = [100, 10];
    const { outputs } = simulateSamples(quantized, { count, bytes: samples.bytes });
    const typed = (b: Uint8Array) => (io === 'int8' ? new Int8Array(b.buffer) : new Float32Array(b.buffer));
    const ours = typed(outputs);
    const step = io === 'int8' ? 1 : 1 / 256;
    let within = 0;
    for (let i = 0; i < count; i++) {
      const [theirs] = await runTflite(file, [typed(samples.bytes(i))]);
      theirs!.forEach((v, j) => {
        if (Math.abs(Number(v) - ours[i * classes + j]!) <= step) within++;
      });
    }
    assert.ok(within >= 0.99 * count * classes, `${within} of ${count * classes}`);
  });
}

test('file to file: the int8 model, or nothing at all', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'int8.tflite');
    const model = { bytes, name: 'digits', file: at('digits.tflite') };
    const document = await quantizeFile(model, { data: at('calibration.npz'), output });
    assert.equal(importModel(readFileSync(output), { name: 'digits' }).ops.length, graph.ops.length);
    assert.equal(document.bytes.quantized, readFileSync(output).length);
    assert.ok(document.bytes.quantized < document.bytes.float / 2);

    const none = path.join(folder, 'none.tflite');
    writeFileSync(path.join(folder, 'bad.bin'), new Uint8Array(5));
    const strict = { limits: { accuracyDrop: -1, sqnr: 0 } };
    for (const act of [
      () => quantizeFile(model, { data: at('calibration.npz'), output: none, ...strict }),
      () => quantizeFile(model, { data: path.join(folder, 'bad.bin'), output: none }),
    ]) {
      await assert.rejects(act, CrimpError);
      assert.ok(!existsSync(none));
    }
  });
});
