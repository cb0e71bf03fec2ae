/** Quantization-aware training: exact to the simulator, better than rounding alone, repeatable; and what it refuses. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { activationParameters, collect } from '../../src/compress/quantize/calibrate.js';
import type { Precision } from '../../src/compress/quantize/convert.js';
import { prepare } from '../../src/compress/quantize/prepare.js';
import { type QuantizeAwareOptions, quantizeAware } from '../../src/compress/quantize/qat.js';
import { simulatedForward } from '../../src/compress/quantize/qat_transform.js';
import { setSample } from '../../src/compress/quantize/set_sample.js';
import { dequantizeWeights } from '../../src/compress/quantize/weights.js';
import { toReal } from '../../src/data/values.js';
import { CrimpError } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import { elementCount } from '../../src/graph/access.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { CustomLoss } from '../../src/train/loss.js';
import { loadTensorflow } from '../../src/train/tensorflow.js';
import { train } from '../../src/train/train.js';
import { random, randomData } from '../property/random.js';
import { halves, side } from '../support/halves.js';
import { Network } from '../support/network.js';

/** Every operator with a gradient, and a residual. */
function everything(): Graph {
  const n = new Network('everything', 'float32', 3);
  const a = n.conv(n.input([1, side, side, 1]), 4, { kernel: [3, 3], activation: 'RELU' });
  const b = n.concat(n.add(n.depthwise(a, { kernel: [3, 3] }), a, 'RELU6'), a);
  const c = n.pool('MAX_POOL_2D', n.pad(b, [0, 0, 0, 0]), { kernel: [2, 2], stride: [2, 2] });
  const d = n.relu6(n.relu(n.conv(c, 4, { kernel: [1, 1] })));
  return n.build(n.softmax(n.dense(n.reshape(n.mean(n.mul(d, d)), [1, 4]), 3)));
}

/** A transposed convolution, and SIN, which has no integer kernel. */
function waves(): Graph {
  const b = graphBuilder('waves');
  const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
  const rng = random(4);
  const weights = (name: string, ...shape: number[]) =>
    b.constant(name, { ...float(...shape), data: randomData('float32', elementCount(shape), rng, -1, 1) });
  const integers = (name: string, ...data: number[]) =>
    b.constant(name, { dtype: 'int32', shape: [data.length], data: Int32Array.from(data) });
  const image = [1, 2 * side, 2 * side, 2] as const;
  const x = b.input('x', float(1, side, side, 1));
  const wide = b.op(
    'TRANSPOSE_CONV',
    'wide',
    [integers('size', ...image), weights('filter', 2, 3, 3, 1), x, weights('bias', 2)],
    { padding: 'SAME', stride: { height: 2, width: 2 }, activation: 'NONE' },
    float(...image),
  );
  const wave = b.op('SIN', 'wave', [wide], {}, float(...image));
  const flat = b.op('MEAN', 'flat', [wave, integers('axes', 2)], { keepDims: false }, float(1, 2 * side, 2));
  const row = b.op('RESHAPE', 'row', [flat], {}, float(1, 4 * side));
  const dense = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const scores = b.op('FULLY_CONNECTED', 'scores', [row, weights('w', 3, 4 * side)], dense, float(1, 3));
  return b.build(b.op('SOFTMAX', 'p', [scores], { beta: 1 }, float(1, 3)));
}

const hidden = 12;

function perceptron(): Graph {
  const n = new Network('perceptron', 'float32', 3);
  const x = n.flatten(n.input([1, side, side, 1]));
  return n.build(n.softmax(n.dense(n.dense(x, hidden, 'RELU'), 3)));
}

/** Hidden neurons times 1/8, 1 and 8 by turns, and divided again where they are read: one scale for all suits none. */
function unbalanced(graph: Graph): Graph {
  const [first, second] = graph.ops.filter((op) => op.type === 'FULLY_CONNECTED');
  const factor = (neuron: number) => 8 ** ((neuron % 3) - 1);
  const change: Record<number, (i: number) => number> = {
    [first!.inputs[1]!]: (i) => factor(Math.floor(i / side ** 2)),
    [first!.inputs[2]!]: factor,
    [second!.inputs[1]!]: (i) => 1 / factor(i % hidden),
  };
  const tensors = graph.tensors.map((tensor, t) => {
    const by = change[t];
    return by ? { ...tensor, data: (tensor.data as Float32Array).map((w, i) => w * by(i)) } : tensor;
  });
  return { ...graph, tensors };
}

const quick: QuantizeAwareOptions = { epochs: 2, batchSize: 16, learningRate: 0.01, allowCollapse: true };

function weightsOf(graph: Graph): Float32Array[] {
  return graph.ops
    .filter((op) => op.inputs.length === 3)
    .map((op) => dequantizeWeights(graph.tensors[op.inputs[1]!]!));
}

async function refused(work: Promise<unknown>, code: string, message: RegExp, exitCode = 2) {
  await assert.rejects(work, (thrown: unknown) => {
    assert.ok(thrown instanceof CrimpError, String(thrown));
    assert.equal(thrown.exitCode, exitCode);
    assert.ok(
      thrown.diagnostics.some((d) => d.code === code && message.test(d.message)),
      thrown.message,
    );
    return true;
  });
}

for (const [name, { make = everything, ...options }] of Object.entries<
  QuantizeAwareOptions & { readonly make?: () => Graph }
>({
  int8: {},
  'int8, equalized, with a few distinct weights': { clusters: 5, equalize: true },
  'int16 activations': { activations: 'int16' },
  int4: { weights: 'int4' },
  'a float layer within': { make: waves },
})) {
  test(`${name}: the last forward pass is the simulation of the graph that comes out, bit for bit`, async () => {
    const held = halves(16, 2);
    let last: readonly Float32Array[] = [];
    const { activations = 'int8', weights = 'int8', equalize = false } = options;
    const float = prepare(make(), { activations, weights, equalize });
    const outputs = float.ops.map((op) => op.outputs[0]!);
    const loss: CustomLoss = ({ value, logits, batch }, tf) => {
      last = outputs.map((t) => value(t).dataSync().slice() as Float32Array);
      return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(batch.labels!, 'int32'), 3), logits);
    };
    const { graph, report } = await quantizeAware(make(), halves(48), {
      ...{ ...quick, ...options, loss, validation: held },
    });
    assert.deepEqual(checkGraph(graph), []);
    assert.equal(hashGraph(importModel(exportTflite(graph), { name })), hashGraph(graph));
    const simulator = createSimulator(graph);
    for (let i = 0; i < held.count; i++) {
      setSample(simulator, graph, held, i);
      simulator.run();
      graph.ops.forEach((op, k) => {
        const output = op.outputs[0]!;
        const wanted = toReal(simulator.memory[output]!, graph.tensors[output]!) as Float32Array;
        const found = last[k]!.subarray(i * wanted.length, (i + 1) * wanted.length);
        assert.deepEqual(found, wanted, `${op.name}, sample ${i}`);
      });
    }
    // Of what was seen last: the loss of the held-out samples is this graph's.
    assert.equal(report.accuracy?.quantized, report.training!.history.at(-1)!.validation!.accuracy);
  });
}

test('int4 loses a third of the answers, and training takes them back', async () => {
  const { graph } = await train(perceptron(), halves(120), {
    epochs: 12,
    learningRate: 0.01,
    batchSize: 24,
  });
  const options = { epochs: 5, batchSize: 24, learningRate: 0.03, validation: halves(100, 2) };
  const { report } = await quantizeAware(unbalanced(graph), halves(120), { weights: 'int4', ...options });
  const { float, quantized } = report.accuracy!;
  assert.ok(float > 0.97 && quantized > 0.95, JSON.stringify(report.accuracy));
  assert.ok(report.training!.before! < 0.8, `${report.training!.before}`);
  assert.deepEqual(report.training!.evaluated, { samples: 100, heldOut: true });
  assert.equal(report.training!.history.length, 5);
});

test('values come from the integers, gradients straight through, and none where they are clipped', async () => {
  const tf = await loadTensorflow('cpu');
  const precision: Precision = { activations: 'int8', weights: 'int4', int4Sqnr: -Infinity };
  const float = prepare(perceptron(), { activations: 'int8', weights: 'int4', equalize: false });
  const data = halves(4);
  const parameters = activationParameters(float, collect(float, data), 'minmax', 'int8');
  const op = float.ops.find(({ type }) => type === 'FULLY_CONNECTED')!;
  const [, weights, bias] = op.inputs as [number, number, number];
  const output = op.outputs[0]!;
  const values = new Map([weights, bias].map((t) => [t, float.tensors[t]!.data as Float32Array]));
  const indices = new Int32Array(data.count).map((_, i) => i);
  const transform = simulatedForward(float, parameters, precision)({ ...data, indices }, values);
  const through = (t: number, given: Float32Array, shape: readonly number[]) => {
    const { value, grad } = tf.valueAndGrad((x) => transform(x, t, tf))(tf.tensor(given, [...shape]));
    return { value: value.dataSync(), grad: grad.dataSync() };
  };

  const { scale, zeroPoint } = parameters.get(output)!;
  const [low, high] = [-128.5, 127.5].map((q) => scale[0]! * (q - zeroPoint[0]!)) as [number, number];
  const spread = Float32Array.from(
    { length: data.count * hidden },
    (_, i) => low + ((high - low) * (i - 3)) / 40,
  );
  const activation = through(output, spread, [data.count, 1, hidden]);
  assert.ok(activation.value.every((v) => Number.isInteger(Math.round(v / scale[0]!) + zeroPoint[0]!)));
  assert.deepEqual(
    activation.grad,
    spread.map((x) => (x >= Math.fround(low) && x <= Math.fround(high) ? 1 : 0)),
  );
  assert.ok(activation.grad.includes(0) && activation.grad.includes(1));

  const real = values.get(weights)!;
  const weight = through(weights, real, float.tensors[weights]!.shape);
  const steps = [...new Set(weight.value.map(Math.abs))].sort((a, b) => a - b);
  assert.ok(steps.length <= 8, `${steps}`);
  const edge = (steps.at(-1)! / 7) * 7.5;
  assert.deepEqual(
    weight.grad,
    real.map((w) => (Math.abs(w) <= edge ? 1 : 0)),
  );

  const broken = simulatedForward(
    float,
    parameters,
    precision,
  )({ ...data, indices }, new Map([...values, [bias, new Float32Array(hidden).fill(Number.NaN)]]));
  assert.ok(Number.isNaN(broken(tf.scalar(1), output, tf).dataSync()[0]));
});

test('weights that are 0 stay 0, unless they are let go', async () => {
  const graph = everything();
  const tensors = graph.tensors.map((tensor) =>
    tensor.data instanceof Float32Array && tensor.shape.length === 4
      ? { ...tensor, data: tensor.data.map((w, i) => (i % 3 === 0 ? 0 : w)) }
      : tensor,
  );
  const zeros = (g: Graph) =>
    weightsOf(g)
      .slice(0, 3)
      .map((w) => w.every((v, i) => i % 3 !== 0 || v === 0));
  const kept = await quantizeAware({ ...graph, tensors }, halves(48), { ...quick, clusters: 6 });
  assert.deepEqual(zeros(kept.graph), [true, true, true]);
  const freed = await quantizeAware({ ...graph, tensors }, halves(48), { ...quick, keepZeros: false });
  assert.deepEqual(zeros(freed.graph), [false, false, false]);
});

test('a resumed run gives the bytes of an undisturbed one, and only its own checkpoint will do', async () => {
  await withTemporaryFolder(async (folder) => {
    const checkpoint = path.join(folder, 'run.npz');
    const options = { ...quick, clusters: 6, epochs: 3, validation: 0.25, checkpoint };
    const run = async (more: QuantizeAwareOptions) =>
      quantizeAware(everything(), halves(48), { ...options, ...more });
    const whole = await run({});
    const stop = new AbortController();
    const interrupted = run({
      signal: stop.signal,
      onProgress: ({ epoch }) => {
        if (epoch === 3) stop.abort(new Error('Ctrl-C'));
      },
    });
    await assert.rejects(interrupted, /Ctrl-C/);
    const resumed = await run({ resume: true });
    assert.deepEqual(exportTflite(resumed.graph), exportTflite(whole.graph));
    assert.deepEqual(resumed.report, whole.report);
    await refused(run({ resume: true, clusters: 7 }), 'checkpoint', /another training/);
  });
});

test('samples without labels will do for a loss of one’s own', async () => {
  const { labels: _, ...unlabeled } = halves(48);
  const loss: CustomLoss = ({ logits }, tf) => tf.mean(tf.square(logits));
  const { report } = await quantizeAware(everything(), unlabeled, { ...quick, loss });
  assert.equal(report.accuracy, null);
  assert.equal(report.training!.before, null);
  assert.deepEqual(report.training!.evaluated, { samples: 48, heldOut: false });
});

test('what cannot be: options, data, a loss that is no number, a model that collapses', async () => {
  const data = halves(48);
  const { labels: _, ...unlabeled } = data;
  const attempt = async (
    options: QuantizeAwareOptions,
    samples = data as Parameters<typeof quantizeAware>[1],
  ) => quantizeAware(perceptron(), samples, { ...quick, ...options });
  await refused(attempt({ epochs: 0 }), 'train-option', /number of epochs is 0/);
  await refused(attempt({ validation: 2 }), 'train-option', /share of the validation data is 2/);
  await refused(attempt({ resume: true }), 'train-option', /no checkpoint/);
  await refused(attempt({ clusters: 1 }), 'bad-usage', /1 distinct weights/);
  await refused(attempt({ activations: 'int16', weights: 'int4' }), 'cannot-quantize', /no kernels/);
  await refused(attempt({}, unlabeled), 'data-labels', /no labels/);
  await refused(attempt({}, { ...data, count: 47 }), 'data-shape', /samples of/);
  await refused(attempt({ optimizer: 'sgd', learningRate: 1e38 }), 'training-diverged', /have grown beyond/);
  const nothing: CustomLoss = ({ logits }, tf) => tf.mul(tf.mean(logits), Number.NaN);
  await refused(attempt({ loss: nothing }), 'training-diverged', /not a finite number/);
  const ruin = {
    weights: 'int4',
    learningRate: 3,
    allowCollapse: false,
    limits: { accuracyDrop: 0, sqnr: 0 },
  } as const;
  const { graph } = await train(perceptron(), data, { epochs: 6, learningRate: 0.01 });
  await refused(
    quantizeAware(graph, data, { ...quick, ...ruin }),
    'quantization-collapse',
    /accuracy falls/,
    1,
  );
});
