/** Models in their users' own runtimes beside the simulator: what agrees, what differs for a known reason, what does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckedFile, type CheckFileOptions, checkFile } from '../../src/check_file.js';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { DType, Graph, OpAttributes, OpType } from '../../src/graph/graph.js';
import { type ModelFile, readModelFile } from '../../src/model_file.js';
import { formatCheck } from '../../src/report/check.js';
import { resolveOptional } from '../../src/runtimes/optional_package.js';
import { fixtures, floatInterface, kws } from '../support/models.js';
import { cnn, conv1d } from '../support/onnx_models.js';
import { qdqCnn, qdqMlp, qlinearCnn } from '../support/onnx_quantized.js';
import { onnxWriter } from '../support/onnx_writer.js';
import { randomize, saveModel, tf } from '../support/tfjs_models.js';

const asFile = (bytes: Uint8Array, file = 'model.tflite'): ModelFile => ({ bytes, name: 'model', file });
const check = (graph: Graph, options?: CheckFileOptions) =>
  checkFile(asFile(exportTflite(graph)), { samples: 3, ...options });

function differing({ layers }: CheckedFile) {
  return layers!.filter(({ different }) => different > 0).map(({ type, cause }) => `${type}: ${cause}`);
}

test('where XNNPACK rounds once and TFLM twice, every layer is proven and named', async () => {
  const checked = await check(kws(), { layers: true });
  assert.equal(checked.runtime.name, 'TensorFlow Lite');
  assert.equal(checked.verdict, 'explained');
  const weighted = ['CONV_2D: rounds-once-float32', 'DEPTHWISE_CONV_2D: rounds-once-float32'];
  assert.deepEqual([...new Set(differing(checked))].sort(), weighted);
  assert.ok(checked.layers!.every(({ maxSteps }) => maxSteps! <= 1));
  const text = formatCheck(checked, true);
  assert.match(text, /CONV_2D, .*: XNNPACK rounds once, in float32; TFLM rounds twice/);
  assert.match(text, /^agrees: /m);
});

test('fixtures agree with TensorFlow Lite: integers by their layers, float32 within the tolerance', async () => {
  assert.match((await check(floatInterface())).verdict, /^(exact|explained)$/);
  for (const [name, model] of Object.entries(fixtures)) {
    const integers = await check(model('int8'));
    assert.match(integers.verdict, /^(exact|explained)$/, name);
    const { verdict, outputs, layers } = await check(model('float32'));
    assert.match(verdict, /^(exact|tolerance)$/, name);
    assert.equal(layers, null);
    assert.ok(outputs.every(({ cosine }) => cosine! > 0.999999));
  }
});

const int8 = (shape: number[], scale: number, zeroPoint = 0): TensorSpec => ({
  shape,
  dtype: 'int8',
  quantization: perTensor(scale, zeroPoint),
});

function oneOp<T extends OpType>(
  type: T,
  inputs: readonly TensorSpec[],
  attributes: OpAttributes[T],
  output: TensorSpec,
  constants: readonly (readonly number[])[] = [],
): Graph {
  const b = graphBuilder('one');
  const named = inputs.map((spec, i) => b.input(`x${i}`, spec));
  const known = constants.map((values, i) =>
    b.constant(`c${i}`, { shape: [values.length], dtype: 'int32' as DType, data: Int32Array.from(values) }),
  );
  return b.build(b.op(type, 'y', [...named, ...known], attributes, output));
}

test('each cause is found where it is at work', async () => {
  const image = int8([1, 5, 6, 2], 0.05, -3);
  const rows = int8([1, 900], 0.04, 5);
  const cases: [string, Graph][] = [
    [
      'MUL: rounds-once-float32',
      oneOp('MUL', [rows, int8([1, 900], 0.03, -7)], { activation: 'NONE' }, int8([1, 900], 0.11)),
    ],
    ['LEAKY_RELU: short-multiplier', oneOp('LEAKY_RELU', [rows], { alpha: 0.3 }, int8([1, 900], 0.037, 9))],
    ['QUANTIZE: short-multiplier', oneOp('QUANTIZE', [rows], {}, int8([1, 900], 0.051, -4))],
    [
      'MEAN: nearest',
      oneOp('MEAN', [int8([1, 6, 90], 0.05, -3)], { keepDims: false }, int8([1, 90], 0.05, 8), [[1]]),
    ],
    [
      'RESIZE_BILINEAR: short-multiplier',
      oneOp(
        'RESIZE_BILINEAR',
        [image],
        { alignCorners: false, halfPixelCenters: true },
        int8([1, 13, 11, 2], 0.05, -3),
        [[13, 11]],
      ),
    ],
  ];
  for (const [expected, graph] of cases) {
    const checked = await check(graph);
    assert.deepEqual([checked.verdict, ...differing(checked)], ['explained', expected]);
  }
});

test('what is known but no rounding fails the check, with layer, index and both values', async () => {
  const sum = oneOp('SUM', [int8([1, 40], 0.1)], { keepDims: true }, int8([1, 1], 0.12), [[1]]);
  const checked = await check(sum, { samples: 10 });
  assert.equal(checked.verdict, 'differs');
  assert.deepEqual(differing(checked), ['SUM: wraps']);
  const { crimp, runtime } = checked.layers![0]!.worst!;
  assert.match(
    formatCheck(checked),
    new RegExp(`layer 0 SUM "y": .* index 0: TensorFlow Lite says ${runtime}, crimp ${crimp}\n\nDIFFERS`),
  );
});

test('an operator that the runtime lacks is told by name', async () => {
  const int4 = graphBuilder('int4');
  const x = int4.input('x', int8([1, 4], 0.1));
  const weights = { shape: [2, 4], dtype: 'int4' as const, quantization: perTensor(0.1, 0) };
  const w = int4.constant('w', { ...weights, data: Int8Array.of(1, 2, 3, 4, 5, 6, 7, -7) });
  const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const y = int4.op('FULLY_CONNECTED', 'y', [x, w], attributes as never, int8([1, 2], 0.1));
  await assert.rejects(
    check(int4.build(y)),
    (e) =>
      e instanceof CrimpError &&
      e.exitCode === Exit.environment &&
      e.diagnostics[0]!.code === 'runtime-refuses' &&
      /FULLY_CONNECTED/.test(e.message),
  );
  // The interpreter is none the worse for it.
  assert.equal((await check(kws('float32'))).layers, null);
});

test('ONNX Runtime and the simulator agree on float32, whichever way images lie', async () => {
  const w = onnxWriter({ seed: 4 });
  const kernel = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const cube = w.bytes(w.node('Conv', [w.input('x', [1, 4, 4, 4]), w.weights([4, 4, 3, 3])], kernel));
  const wide = onnxWriter({ seed: 5 });
  const image = wide.bytes(
    wide.node('Conv', [wide.input('x', [1, 2, 5, 7]), wide.weights([3, 2, 3, 3])], kernel),
  );
  for (const bytes of [cnn(), conv1d(), image, cube]) {
    const checked = await checkFile(asFile(bytes, 'model.onnx'), { samples: 2, layers: true });
    assert.ok(checked.layers!.every(({ different, cause }) => different === 0 || cause));
    assert.ok(checked.layers!.some(({ values }) => values > 0));
    assert.equal(checked.runtime.name, 'ONNX Runtime');
    assert.match(checked.verdict, /^(exact|tolerance)$/);
    assert.ok(checked.outputs[0]!.sqnr === null || checked.outputs[0]!.sqnr > 100);
  }
});

test('ONNX Runtime computes quantized models by its own roundings, which every layer shows', async () => {
  for (const bytes of [qdqCnn(), qdqMlp(), qlinearCnn()]) {
    const { verdict, layers } = await checkFile(asFile(bytes, 'model.onnx'), { samples: 5, layers: true });
    assert.match(verdict, /^(exact|explained)$/);
    const shown = layers!.filter(({ values }) => values > 0);
    assert.ok(shown.length >= 0.8 * layers!.length);
    assert.ok(shown.some(({ cause }) => cause === 'rounds-once-float32'));
  }
});

test('TensorFlow.js and the simulator agree on a model.json', async () => {
  await withTemporaryFolder(async (folder) => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 3, activation: 'relu' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4, activation: 'softmax' }),
      ],
    });
    let state = 1;
    randomize(model, () => {
      state = (state * 48271) % 0x7fffffff;
      return state / 0x7fffffff;
    });
    const checked = await checkFile(readModelFile(await saveModel(model, folder, { shardBytes: 100 })));
    assert.equal(checked.runtime.name, 'TensorFlow.js');
    assert.match(checked.verdict, /^(exact|tolerance)$/);
    assert.equal(checked.outputs[0]!.top1, 1);
    await assert.rejects(checkFile(readModelFile(`${folder}/model.json`), { layers: true }), /bad-usage/);
  });
});

test('a package that is not installed is asked for by its command', () => {
  const missing = { file: '@nobody/no-such-package/x.js', purpose: 'checking', command: 'npm install it' };
  assert.throws(
    () => resolveOptional(missing),
    (e) =>
      e instanceof CrimpError &&
      e.exitCode === Exit.environment &&
      /missing-package.*@nobody\/no-such-package, which.*npm install it/s.test(e.message),
  );
});
