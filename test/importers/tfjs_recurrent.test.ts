/** Recurrent layers, Bidirectional, TimeDistributed and Embedding against TensorFlow.js, and in C. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import type { Graph } from '../../src/graph/graph.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { importLayersModel } from '../../src/importers/tfjs/from_layers_model.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';
import { random } from '../property/random.js';
import { onnxWriter } from '../support/onnx_writer.js';
import { randomize, tf } from '../support/tfjs_models.js';
import { sameAsTensorflow } from './tfjs_cases.js';

const L = tf.layers;
const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);
const inputShape = [4, 3];
/** Proved in C at the end, all in one program. */
const proved: Graph[] = [];

function check(...layers: T.layers.Layer[]): Promise<Graph> {
  return sameAsTensorflow(tf.sequential({ layers }));
}

test('LSTM: of sigmoid one operator, of hard sigmoid step by step', async () => {
  const sigmoid = { units: 3, recurrentActivation: 'sigmoid', inputShape } as const;
  const one = await check(L.lstm({ ...sigmoid, returnSequences: true }));
  assert.deepEqual(typesOf(one), ['UNIDIRECTIONAL_SEQUENCE_LSTM']);
  assert.deepEqual(
    one.ops.map(({ attributes }) => (attributes as { restarts?: true }).restarts),
    [true],
  );
  for (const returnSequences of [false, true]) {
    for (const goBackwards of [false, true]) {
      await check(L.lstm({ ...sigmoid, returnSequences, goBackwards, useBias: goBackwards }));
      await check(L.lstm({ units: 3, inputShape, returnSequences, goBackwards }));
    }
  }
  proved.push(await check(L.lstm({ ...sigmoid, goBackwards: true }), L.dense({ units: 2 })));
});

test('GRU and SimpleRNN', async () => {
  for (const returnSequences of [false, true]) {
    const options = { units: 3, inputShape, returnSequences } as const;
    await check(L.gru({ ...options, recurrentActivation: 'sigmoid' }));
    await check(L.gru({ ...options, goBackwards: true }));
    await check(L.simpleRNN(options));
    await check(L.simpleRNN({ ...options, activation: 'relu', useBias: false }));
  }
});

test('a stateful layer keeps its state until the reset, in C as well', async () => {
  const batchInputShape = [1, 4, 3];
  for (const make of [
    () => L.lstm({ units: 3, recurrentActivation: 'sigmoid', stateful: true, batchInputShape }),
    () => L.lstm({ units: 2, stateful: true, batchInputShape }),
    () => L.gru({ units: 3, stateful: true, batchInputShape, returnSequences: true }),
  ]) {
    const model = tf.sequential({ layers: [make()] });
    randomize(model, random(3).next);
    const graph = importLayersModel(model, { name: 'm' });
    const simulator = createSimulator(graph);
    const xs = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i));
    const run = () => {
      (simulator.memory[graph.inputs[0]!] as Float32Array).set(xs);
      simulator.run();
      return (simulator.memory[graph.outputs[0]!] as Float32Array).slice();
    };
    const answers = [run(), run(), run()];
    for (const answer of answers) {
      const wanted = (model.predict(tf.tensor(xs, [1, 4, 3])) as T.Tensor).dataSync();
      answer.forEach((v, i) => {
        assert.ok(Math.abs(v - wanted[i]!) < 1e-5, `${v}, not ${wanted[i]}`);
      });
    }
    assert.notDeepEqual(answers[1], answers[0]);
    simulator.reset();
    assert.deepEqual(run(), answers[0]);
    proved.push(graph);
  }
});

test('states as outputs and as inputs: an encoder and a decoder', async () => {
  const past = tf.input({ shape: [4, 3], name: 'past' });
  const next = tf.input({ shape: [2, 3], name: 'next' });
  const [, h, c] = L.lstm({ units: 3, returnState: true, name: 'encoder' }).apply(past) as T.SymbolicTensor[];
  const decoder = L.lstm({ units: 3, returnSequences: true, name: 'decoder' });
  const outputs = decoder.apply([next, h!, c!]) as T.SymbolicTensor;
  await sameAsTensorflow(tf.model({ inputs: [past, next], outputs }));
});

test('Bidirectional by every merge', async () => {
  for (const mergeMode of ['concat', 'sum', 'mul', 'ave'] as const) {
    for (const returnSequences of [false, true]) {
      const layer = L.lstm({ units: 3, recurrentActivation: 'sigmoid', returnSequences });
      await check(L.bidirectional({ layer: layer as never, mergeMode, inputShape } as never));
    }
  }
  const layer = L.gru({ units: 3, returnSequences: true });
  const graph = await check(
    L.bidirectional({ layer: layer as never, mergeMode: 'concat', inputShape } as never),
  );
  proved.push(graph);
});

test('RNN of cells, one and stacked', async () => {
  await check(L.rnn({ cell: L.gruCell({ units: 3 }), inputShape }));
  for (const goBackwards of [false, true]) {
    const cell = [L.lstmCell({ units: 2 }), L.simpleRNNCell({ units: 3 }), L.gruCell({ units: 2 })] as never;
    await check(L.rnn({ cell, inputShape, returnSequences: true, goBackwards }));
  }
});

test('TimeDistributed over dense layers and activations', async () => {
  await check(
    L.timeDistributed({ layer: L.dense({ units: 5, activation: 'tanh' }), inputShape }),
    L.timeDistributed({ layer: L.activation({ activation: 'softmax' }) }),
    L.simpleRNN({ units: 2 }),
  );
});

test('Embedding looks up in an int32 input', async () => {
  const model = tf.sequential({
    layers: [
      L.embedding({ inputDim: 7, outputDim: 3, inputLength: 4 }),
      L.lstm({ units: 2, recurrentActivation: 'sigmoid' }),
    ],
  });
  randomize(model, random(5).next);
  const graph = importLayersModel(model, { name: 'm' });
  assert.deepEqual(typesOf(graph).slice(0, 2), ['GATHER', 'UNIDIRECTIONAL_SEQUENCE_LSTM']);
  assert.equal(graph.tensors[graph.inputs[0]!]!.dtype, 'int32');
  const simulator = createSimulator(graph);
  (simulator.memory[graph.inputs[0]!] as Int32Array).set([3, 0, 6, 3]);
  simulator.run();
  const wanted = (model.predict(tf.tensor([[3, 0, 6, 3]])) as T.Tensor).dataSync();
  const actual = simulator.memory[graph.outputs[0]!] as Float32Array;
  actual.forEach((v, i) => {
    assert.ok(Math.abs(v - wanted[i]!) < 1e-6);
  });
});

/** A model.json of layers without weights; or with all of them, drawn by the seed. */
function file(layers: readonly object[], weights: Readonly<Record<string, readonly number[]>> = {}) {
  const rng = random(7);
  const specs = Object.entries(weights).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  const count = specs.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
  const data = Float32Array.from({ length: count }, () => 2 * rng.next() - 1);
  const json = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 's', layers } },
    weightsManifest: [{ paths: ['w.bin'], weights: specs }],
  };
  return {
    bytes: new TextEncoder().encode(JSON.stringify(json)),
    readBeside: () => new Uint8Array(data.buffer),
    data,
  };
}

test('GRU with reset_after, which TensorFlow.js lacks, is ONNX’s with linear_before_reset', () => {
  const [steps, features, units] = [3, 2, 2];
  const config = { name: 'g', units, reset_after: true, activation: 'tanh', recurrent_activation: 'sigmoid' };
  const batch_input_shape = [null, steps, features];
  const { bytes, readBeside, data } = file(
    [{ class_name: 'GRU', config: { ...config, batch_input_shape } }],
    { 'g/kernel': [2, 6], 'g/recurrent_kernel': [2, 6], 'g/bias': [2, 6] },
  );
  const keras = importModel(bytes, { name: 'm', readBeside });
  const columns = (from: number) =>
    Array.from({ length: 12 }, (_, i) => data[from + (i % 2) * 6 + Math.floor(i / 2)]!);
  const w = onnxWriter();
  const [, last] = w.nodes(
    'GRU',
    [
      w.input('x', [steps, 1, features]),
      w.floats(columns(0), [1, 6, 2]),
      w.floats(columns(12), [1, 6, 2]),
      w.floats([...data.subarray(24)], [1, 12]),
    ],
    { hidden_size: units, linear_before_reset: 1 },
    2,
  );
  const onnx = importModel(w.bytes(last!), { name: 'm' });
  const answers = [keras, onnx].map((graph) => {
    const simulator = createSimulator(graph);
    (simulator.memory[graph.inputs[0]!] as Float32Array).set([0.5, -1, 0.25, 1, -0.75, 0.1]);
    simulator.run();
    return [...(simulator.memory[graph.outputs[0]!] as Float32Array)];
  });
  assert.deepEqual(answers[0], answers[1]);
});

test('what cannot be read is refused with the reason', () => {
  const reasons = (...layers: object[]) =>
    inspectModel(file(layers).bytes, { name: 'm', readBeside: () => new Uint8Array(0) })
      .diagnostics.map((d) => d.message)
      .join('\n');
  const layer = (class_name: string, config: object) => ({
    class_name,
    config: { name: 'r', batch_input_shape: [null, 4, 3], ...config },
  });
  assert.match(reasons(layer('Masking', {})), /Masking: skips steps/);
  assert.match(reasons(layer('LSTM', { units: 2, time_major: true })), /time_major/);
  assert.match(
    reasons(layer('Bidirectional', { layer: layer('ConvLSTM2D', {}), merge_mode: 'max' })),
    /its merge_mode "max" is not concat or sum or mul or ave; it wraps "ConvLSTM2D"/,
  );
  assert.match(reasons(layer('TimeDistributed', { layer: layer('Conv2D', {}) })), /it wraps "Conv2D"/);
  const embedding = { input_dim: 4, output_dim: 2, mask_zero: true, batch_input_shape: [null, 4] };
  assert.match(reasons(layer('Embedding', embedding)), /masks the number 0/);
});

test('the emitted C equals the simulator', () => proveGraphs(proved));
