/** int16 activations, int4 weights, equalization, bias correction, rounding by data: what they keep, and that C computes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentsOf, patchesOf } from '../../src/compress/quantize/patches.js';
import { type QuantizeOptions, quantize } from '../../src/compress/quantize/quantize.js';
import { runAlone } from '../../src/compress/quantize/refine.js';
import { dequantizeWeights, quantizeWeights } from '../../src/compress/quantize/weights.js';
import type { Dataset } from '../../src/data/index.js';
import { CrimpError } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { elementCount, inputTensor, outputTensor } from '../../src/graph/access.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { AnyOp, Graph, Op, Tensor } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';
import { random } from '../property/random.js';
import { fixtures, kws } from '../support/models.js';
import { unbalanced } from '../support/unbalanced.js';

function randomDataset(graph: Graph, count: number): Dataset {
  const rng = random(41);
  const inputs = graph.inputs.map((t) =>
    Float32Array.from({ length: count * elementCount(graph.tensors[t]!.shape) }, () => 4 * rng.next() - 2),
  );
  return { count, inputs };
}

const variants: Readonly<Record<string, QuantizeOptions>> = {
  int16: { activations: 'int16' },
  'int16, int8 outside': { activations: 'int16', io: 'int8' },
  'int8, int16 outside': { io: 'int16' },
  'int16, corrected, float outside': { activations: 'int16', correctBias: true, io: 'float' },
  int4: { weights: 'int4' },
  'int4, rounded by data': { weights: 'int4', rounding: 'data' },
  'int4, everything': { weights: 'int4', rounding: 'data', equalize: true, correctBias: true },
};

test('every operator in every form: sound, the same in a file, and the same in C', async () => {
  const graphs: Graph[] = [];
  for (const [name, make] of Object.entries(fixtures)) {
    const graph = make('float32');
    const dataset = randomDataset(graph, 20);
    for (const [variant, options] of Object.entries(variants)) {
      const { graph: quantized, report } = quantize(graph, dataset, options);
      const where = `${name} ${variant}`;
      assert.deepEqual(checkGraph(quantized), [], where);
      assert.equal(hashGraph(importModel(exportTflite(quantized), { name })), hashGraph(quantized), where);
      const least = options.activations === 'int16' ? 30 : options.weights === 'int4' ? 10 : 20;
      for (const { name: layer, sqnr } of report.layers) {
        assert.ok(sqnr === null || sqnr > least, `${where} ${layer}: ${sqnr} dB`);
      }
      graphs.push(quantized);
    }
  }
  await proveGraphs(graphs);
});

test('int16 follows TFLite’s 16x8 form: zero points 0, int64 biases, SOFTMAX to 1/32768', () => {
  const graph = fixtures.dense!('float32');
  const { graph: int16, report } = quantize(graph, randomDataset(graph, 20), { activations: 'int16' });
  for (const op of int16.ops as readonly Op[]) {
    assert.deepEqual(
      [outputTensor(int16, op).dtype, outputTensor(int16, op).quantization!.zeroPoint[0]],
      ['int16', 0],
    );
    if (op.type !== 'FULLY_CONNECTED') continue;
    assert.deepEqual([inputTensor(int16, op, 1).dtype, inputTensor(int16, op, 2).dtype], ['int8', 'int64']);
  }
  assert.equal(outputTensor(int16, int16.ops.at(-1) as Op).quantization!.scale[0], 1 / 32768);
  assert.equal(report.activations, 'int16');
});

test('where activations are what is lost, int16 gains 30 dB', () => {
  const g = graphBuilder('sum');
  const x = g.input('x', { dtype: 'float32', shape: [1, 64] });
  const y = g.op('ADD', 'y', [x, x], { activation: 'RELU' }, { dtype: 'float32', shape: [1, 64] });
  const graph = g.build(y);
  const dataset = randomDataset(graph, 50);
  const last = (options: QuantizeOptions) => quantize(graph, dataset, options).report.layers[0]!.sqnr!;
  assert.ok(last({ activations: 'int16' }) > last({}) + 30, `${last({ activations: 'int16' })}, ${last({})}`);
});

const weights = (shape: number[], values: number[]): Tensor => ({
  name: 'w',
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

test('int4 weights are −7 … 7, and a scale clips where that is less error', () => {
  const form = { axis: 0, weights: 'int4', bias: 'int32' } as const;
  const exact = quantizeWeights(weights([2, 3], [7, -7, 3, 0.7, 0.1, -0.2]), undefined, 0, 1, form);
  assert.deepEqual(exact.weights.data, Int8Array.of(7, -7, 3, 7, 1, -2));
  assert.equal(exact.weights.dtype, 'int4');
  const rng = random(43);
  const normal = () => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
  const tensor = weights([1, 2000], Array.from({ length: 2000 }, normal));
  const { weights: clipped } = quantizeWeights(tensor, undefined, 0, 1, form);
  const values = dequantizeWeights({ ...clipped, shape: tensor.shape });
  const largest = Math.max(...(tensor.data as Float32Array).map(Math.abs));
  const error = (of: (w: number, i: number) => number) =>
    (tensor.data as Float32Array).reduce((sum, w, i) => sum + (w - of(w, i)) ** 2, 0);
  const plain = error((w) => (largest / 7) * Math.round((7 * w) / largest));
  assert.ok(error((_, i) => values[i]!) < 0.8 * plain);
});

test('int4: convolutions by channel, dense layers with one scale, and those below a limit stay int8', () => {
  const graph = kws('float32');
  const dataset = randomDataset(graph, 4);
  const { graph: int4, report } = quantize(graph, dataset, { weights: 'int4' });
  for (const op of int4.ops as readonly Op[]) {
    if (op.inputs.length < 3) continue;
    const { dtype, quantization, shape } = inputTensor(int4, op, 1);
    assert.equal(dtype, 'int4');
    const channels = op.type === 'DEPTHWISE_CONV_2D' ? shape[3] : shape[0];
    assert.equal(quantization!.scale.length, op.type === 'FULLY_CONNECTED' ? 1 : channels);
  }
  const limit = [...report.layers.flatMap((l) => l.weightsSqnr ?? [])].sort((a, b) => a - b)[3]!;
  const mixed = quantize(graph, dataset, { weights: 'int4', int4Sqnr: limit }).report.layers;
  assert.deepEqual(
    mixed.map((l) => l.weights),
    report.layers.map((l) => (l.weightsSqnr === null ? null : l.weightsSqnr < limit ? 'int8' : 'int4')),
  );
});

test('int16 activations with int4 weights have no kernel', () => {
  const graph = fixtures.dense!('float32');
  const act = () => quantize(graph, randomDataset(graph, 2), { activations: 'int16', weights: 'int4' });
  assert.throws(act, (e: unknown) => e instanceof CrimpError && e.diagnostics[0]!.code === 'cannot-quantize');
});

test('equalization saves a network with badly scaled channels', (t) => {
  const dataset = randomDataset(unbalanced(0), 40);
  const last = (graph: Graph, options: QuantizeOptions) =>
    quantize(graph, dataset, { ...options, allowCollapse: true }).report.layers.at(-1)!.sqnr!;
  for (const precision of [{}, { weights: 'int4' }] as const) {
    const [good, bad] = [last(unbalanced(0), precision), last(unbalanced(4), precision)];
    const saved = last(unbalanced(4), { ...precision, equalize: true });
    t.diagnostic(
      `${JSON.stringify(precision)}: balanced ${good.toFixed(1)} dB, unbalanced ${bad.toFixed(1)}, equalized ${saved.toFixed(1)}`,
    );
    assert.ok(saved > bad + 6, `${good} ${bad} ${saved}`);
  }
});

/** Mean difference of each channel of the output. */
function meanError(float: Graph, quantized: Graph, dataset: Dataset): number {
  const [real, integer] = [createSimulator(float), createSimulator(quantized)];
  const [y, q] = [float.outputs[0]!, quantized.outputs[0]!];
  const n = dataset.inputs[0]!.length / dataset.count;
  const sums = new Float64Array(float.tensors[y]!.shape.at(-1)!);
  for (let i = 0; i < dataset.count; i++) {
    const x = dataset.inputs[0]!.subarray(i * n, (i + 1) * n);
    (real.memory[float.inputs[0]!] as Float32Array).set(x);
    (integer.memory[quantized.inputs[0]!] as Float32Array).set(x);
    real.run();
    integer.run();
    (real.memory[y] as Float32Array).forEach((v, j) => {
      sums[j % sums.length]! += (v - (integer.memory[q] as Float32Array)[j]!) / dataset.count;
    });
  }
  return Math.sqrt(sums.reduce((sum, e) => sum + e * e, 0));
}

test('bias correction takes the mean error out of the outputs', (t) => {
  const graph = unbalanced(1);
  const dataset = randomDataset(graph, 60);
  const error = (correctBias: boolean) => {
    const { graph: q, report } = quantize(graph, dataset, { weights: 'int4', correctBias, io: 'float' });
    assert.equal(report.biasCorrected, correctBias);
    return { mean: meanError(graph, q, dataset), sqnr: report.layers.at(-1)!.sqnr! };
  };
  const [before, after] = [error(false), error(true)];
  t.diagnostic(`mean error ${before.mean} → ${after.mean}, SQNR ${before.sqnr} → ${after.sqnr} dB`);
  assert.ok(after.mean < before.mean / 4);
  assert.ok(after.sqnr > before.sqnr);
});

test('patches are what the layers compute on', () => {
  for (const name of ['conv', 'depthwise', 'dense']) {
    const graph = fixtures[name]!('float32');
    const dataset = randomDataset(graph, 5);
    const op = graph.ops[0]!;
    const patches = patchesOf(graph, op)!;
    const weight = inputTensor(graph, op as Op, 1).data as Float32Array;
    const n = dataset.inputs[0]!.length / 5;
    const samples = Array.from({ length: 5 }, (_, i) => dataset.inputs[0]!.subarray(i * n, (i + 1) * n));
    let byMoments = 0;
    momentsOf(patches, samples, false).forEach((moments, g) => {
      for (let o = g * patches.outputs; o < (g + 1) * patches.outputs; o++) {
        for (let i = 0; i < patches.size; i++) {
          for (let k = i; k < patches.size; k++) {
            const product = weight[patches.weightIndex(o, i)]! * weight[patches.weightIndex(o, k)]!;
            byMoments += (i === k ? 1 : 2) * product * moments[i * patches.size + k]!;
          }
        }
      }
    });
    const linear = {
      ...op,
      inputs: op.inputs.slice(0, 2),
      attributes: { ...op.attributes, activation: 'NONE' },
    };
    let byLayer = 0;
    runAlone(graph, linear as AnyOp, new Map([[op.inputs[0]!, samples]]), ([y]) => {
      for (const v of y as Float32Array) byLayer += v * v;
    });
    assert.ok(byLayer > 0 && Math.abs(byMoments / byLayer - 1) < 1e-5, `${name}: ${byMoments}, ${byLayer}`);
  }
});

test('rounding by data loses less than rounding to the nearest, most of all beside corrected biases', (t) => {
  const graph = unbalanced(1);
  const dataset = randomDataset(graph, 60);
  const last = (options: QuantizeOptions) =>
    quantize(graph, dataset, { weights: 'int4', ...options }).report.layers.at(-1)!.sqnr!;
  const [nearest, data] = [last({}), last({ rounding: 'data' })];
  const both = last({ rounding: 'data', correctBias: true });
  t.diagnostic(
    `${nearest.toFixed(1)} dB to the nearest, ${data.toFixed(1)} by data, ${both.toFixed(1)} corrected`,
  );
  assert.ok(data > nearest + 3 && both > last({ correctBias: true }));
});

test('a layer whose input is always 0 is rounded to the nearest', () => {
  const g = graphBuilder('silent');
  const x = g.input('x', { dtype: 'float32', shape: [1, 4] });
  const data = Float32Array.of(0.1, 0.7, -0.35, 0.2, 1, 0.4, -1, 0.9);
  const w = g.constant('w', { dtype: 'float32', shape: [2, 4], data });
  const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const graph = g.build(
    g.op('FULLY_CONNECTED', 'y', [x, w], attributes, { dtype: 'float32', shape: [1, 2] }),
  );
  const silent = { count: 3, inputs: [new Float32Array(12)] };
  const of = (rounding: 'nearest' | 'data') => {
    const { graph: q } = quantize(graph, silent, { weights: 'int4', rounding });
    return inputTensor(q, q.ops[0] as Op, 1).data;
  };
  assert.deepEqual(of('data'), of('nearest'));
});

test('a layer without bias gets one, of its own scale', () => {
  const g = graphBuilder('bare');
  const x = g.input('x', { dtype: 'float32', shape: [1, 6] });
  const rng = random(44);
  const data = Float32Array.from({ length: 24 }, () => rng.next());
  const w = g.constant('w', { dtype: 'float32', shape: [4, 6], data });
  const attributes = { activation: 'RELU', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const graph = g.build(
    g.op('FULLY_CONNECTED', 'y', [x, w], attributes, { dtype: 'float32', shape: [1, 4] }),
  );
  for (const activations of ['int8', 'int16'] as const) {
    const { graph: q } = quantize(graph, randomDataset(graph, 30), { activations, correctBias: true });
    const [input, weight, bias] = [0, 1, 2].map((i) => inputTensor(q, q.ops[0] as Op, i)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    assert.equal(bias.dtype, activations === 'int8' ? 'int32' : 'int64');
    const scale = weight.quantization!.scale.map((s) => s * input.quantization!.scale[0]!);
    assert.deepEqual(bias.quantization!.scale, scale);
  }
});
