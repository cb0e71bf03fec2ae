/** Keras' files against TensorFlow.js, which has the same layers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { importLayersModel } from '../../src/importers/tfjs/from_layers_model.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { h5File, hdf5, kerasFile } from '../support/keras_files.js';
import { randomize, tf } from '../support/tfjs_models.js';
import { difference, tolerance } from './tfjs_cases.js';

const L = tf.layers;
type Json = Record<string, unknown>;

function cnn() {
  const model = tf.sequential({
    layers: [
      L.conv2d({
        inputShape: [12, 10, 3],
        filters: 6,
        kernelSize: 3,
        strides: 2,
        useBias: false,
        name: 'stem',
      }),
      L.batchNormalization({ name: 'norm', scale: false }),
      L.reLU(),
      L.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'relu6' }),
      L.separableConv2d({ filters: 5, kernelSize: 2 }),
      L.prelu({ sharedAxes: [1, 2] }),
      L.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
      L.conv2d({ filters: 4, kernelSize: 1, name: 'second' }),
      L.layerNormalization(),
      L.globalAveragePooling2d({}),
      L.dropout({ rate: 0.3 }),
      L.dense({ units: 3, activation: 'softmax', name: 'scores' }),
    ],
  });
  randomize(model, random(3).next);
  return model;
}

/** Two inner models with layers of the same names and shapes. */
function nested() {
  const inner = (name: string) =>
    tf.sequential({
      name,
      layers: [
        L.dense({ inputShape: [5], units: 5, activation: 'relu', name: `${name}_a` }),
        L.dense({ units: 5, name: `${name}_b` }),
      ],
    });
  const input = tf.input({ shape: [5], name: 'features' });
  const [left, right] = [inner('left'), inner('right')];
  const ways = [left.apply(input), right.apply(input)] as (typeof input)[];
  const sum = L.add({ name: 'sum' }).apply(ways) as typeof input;
  const outputs = [sum, L.dense({ units: 2, name: 'dense' }).apply(sum) as typeof input];
  const model = tf.model({ inputs: input, outputs });
  randomize(model, random(5).next);
  return model;
}

const graphOf = (bytes: Uint8Array) => importModel(bytes, { name: 'm' });

test('.h5 and .keras of a CNN give the graph of the model itself', async () => {
  const model = cnn();
  const graph = importLayersModel(model, { name: 'm' });
  for (const bytes of [
    await h5File(model),
    await h5File(model, { packed: true }),
    await h5File(model, { float64: true, version: '3.4.1' }),
    await kerasFile(model),
    await kerasFile(model, { named: true }),
    await kerasFile(model, { version: '2.13.1', container: '_layer_checkpoint_dependencies' }),
    await kerasFile(model, {
      version: '2.12.0',
      container: '_layer_checkpoint_dependencies',
      separator: '\\',
    }),
  ])
    assert.deepEqual(graphOf(bytes), graph);
  assert.ok(difference(model, graph, 4) <= tolerance);
});

test('models within models, which Keras 3 lets call their layers alike', async () => {
  const model = nested();
  const alike = (topology: Json): unknown =>
    JSON.parse(JSON.stringify(topology).replaceAll(/"(left|right)_(a|b)"/g, '"$2"'));
  for (const bytes of [
    await h5File(model),
    await kerasFile(model),
    await kerasFile(model, { topology: alike }),
    await kerasFile(model, { topology: withDictionaries }),
    await kerasFile(model, { topology: bySum }),
  ]) {
    const found = difference(model, graphOf(bytes), 6);
    assert.ok(found <= tolerance, `differs by ${found}`);
  }
});

test('recurrent layers and wrappers, whose variables lie deeper', async () => {
  const model = tf.sequential({
    layers: [
      L.embedding({ inputShape: [4], inputDim: 7, outputDim: 3 }),
      L.lstm({ units: 3, returnSequences: true, recurrentActivation: 'sigmoid' }),
      L.timeDistributed({ layer: L.dense({ units: 4 }) }),
      L.bidirectional({
        layer: L.gru({ units: 2, returnSequences: true, recurrentActivation: 'sigmoid' }) as never,
        mergeMode: 'concat',
      }),
      L.simpleRNN({ units: 3 }),
    ],
  });
  randomize(model, random(12).next);
  const graph = importLayersModel(model, { name: 'm' });
  assert.deepEqual(graphOf(await h5File(model)), graph);
  assert.deepEqual(graphOf(await kerasFile(model)), graph);
});

/** As Keras 3 names the inputs of a model that takes a dictionary. */
function withDictionaries(topology: Json): Json {
  const config = topology.config as Json;
  return { ...topology, config: { ...config, input_layers: { features: ['features', 0, 0] } } };
}

/** As Keras 3 writes `left + right`. */
function bySum(topology: Json): Json {
  const { layers } = topology.config as { layers: Json[] };
  const sum = layers.find(({ class_name }) => class_name === 'Add')!;
  sum.module = 'keras.src.ops.numpy';
  for (const node of sum.inbound_nodes as { args: unknown[] }[])
    node.args = (node.args as unknown[][]).flat();
  return topology;
}

/** What the only output holds for these inputs. */
function answers(bytes: Uint8Array, input: readonly number[]): Float32Array {
  const graph = graphOf(bytes);
  const simulator = createSimulator(graph);
  (simulator.memory[graph.inputs[0]!] as Float32Array).set(input);
  simulator.run();
  return simulator.memory[graph.outputs[0]!] as Float32Array;
}

function close(actual: Float32Array, wanted: ArrayLike<number>): void {
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of actual.entries())
    assert.ok(Math.abs(value - wanted[i]!) < 1e-5, `${value} ${wanted[i]}`);
}

test('what Keras computes otherwise than TensorFlow.js, and Keras 3 otherwise than 2', async () => {
  const inputs = [-4, -2.7, -1, 0.5, 2.6, 5];
  const steep = tf.sequential({ layers: [L.activation({ inputShape: [6], activation: 'hardSigmoid' })] });
  const ramp = (slope: number) => inputs.map((x) => Math.min(1, Math.max(0, x * slope + 0.5)));
  close(answers(await h5File(steep), inputs), ramp(0.2));
  close(answers(await kerasFile(steep), inputs), ramp(1 / 6));
  const wide = tf.sequential({
    layers: [L.upSampling2d({ inputShape: [2, 3, 1], size: [2, 2], interpolation: 'bilinear' })],
  });
  const image = tf.tensor(inputs, [1, 2, 3, 1]) as T.Tensor4D;
  close(
    answers(await kerasFile(wide), inputs),
    tf.image.resizeBilinear(image, [4, 6], false, true).dataSync(),
  );
});

test('functions written as objects, options as 0 and 1, and Normalization', async () => {
  const model = tf.sequential({ layers: [L.dense({ inputShape: [3], units: 3, name: 'dense' })] });
  randomize(model, random(8).next);
  const change = (topology: Json): Json => {
    const text = JSON.stringify(topology)
      .replace('"activation":"linear"', '"activation":{"class_name":"function","config":"relu"}')
      .replace('"use_bias":true', '"use_bias":1');
    const json = JSON.parse(text) as { config: { layers: Json[] } };
    const config = { name: 'normal', axis: [-1], mean: [[1, 2, 3]], variance: [[4, 4, 9]] };
    json.config.layers.splice(-1, 0, { module: 'keras.layers', class_name: 'Normalization', config });
    const [first] = json.config.layers.filter(({ class_name }) => class_name !== 'InputLayer');
    first!.build_config = { input_shape: [null, 3] };
    return json as unknown as Json;
  };
  const input = tf.tensor([[0, 0.5, 1.5].map((x, i) => (x - [1, 2, 3][i]!) / [2, 2, 3][i]!)]);
  const wanted = tf.relu(model.predict(input) as T.Tensor).dataSync();
  close(answers(await kerasFile(model, { topology: change }), [0, 0.5, 1.5]), wanted);
});

function problemsOf(bytes: Uint8Array): readonly Diagnostic[] {
  try {
    return inspectModel(bytes, { name: 'm', file: 'm.keras' }).diagnostics;
  } catch (thrown) {
    assert.ok(thrown instanceof CrimpError, String(thrown));
    assert.equal(thrown.exitCode, 2);
    return thrown.diagnostics;
  }
}

test('files that are no model, or not whole', async () => {
  const model = tf.sequential({ layers: [L.dense({ inputShape: [4], units: 3, name: 'dense' })] });
  const one = (bytes: Uint8Array, code: string, message: RegExp) => {
    const found = problemsOf(bytes);
    assert.ok(
      found.some((d) => d.code === code && message.test(d.message) && d.where?.file === 'm.keras'),
      JSON.stringify(found),
    );
  };
  const [h5, keras] = [await h5File(model), await kerasFile(model)];
  one(h5.subarray(0, 600), 'malformed-model', /^the file is damaged: /);
  one(keras.subarray(0, -400), 'unknown-format', /ZIP archive/);
  const flipped = Uint8Array.from(keras);
  flipped[flipped.length - 1000]! ^= 1;
  if (process.versions.node >= '20.15') one(flipped, 'malformed-model', /CRC-32/);
  const noWeights = await kerasFile(model, { members: { 'model.weights.h5': undefined } });
  one(noWeights, 'unknown-format', /no model\.weights\.h5/);
  one(await kerasFile(model, { members: { 'config.json': undefined } }), 'unknown-format', /ZIP archive/);
  const weightsOnly = await hdf5((root) => void root.create_group('layers'));
  one(weightsOnly, 'unknown-format', /weights without their model/);
  one(await hdf5((root) => void root.create_group('images')), 'unknown-format', /no model_config/);
  const empty = await hdf5((root) => void root.create_group('layers'));
  one(
    await kerasFile(model, { members: { 'model.weights.h5': empty } }),
    'malformed-model',
    /"dense" has no weights "layers\/dense\/vars\/0"/,
  );
  const renamed = (json: Json) => JSON.parse(JSON.stringify(json).replaceAll('"dense"', '"other"')) as Json;
  one(
    await kerasFile(model, { named: true, topology: renamed }),
    'malformed-model',
    /of layer "dense", not of "other"/,
  );
  const custom = (json: Json) => JSON.parse(JSON.stringify(json).replaceAll('"Dense"', '"Mine"')) as Json;
  one(await h5File(model, { topology: custom }), 'unsupported-op', /^Mine layers are not supported$/);
  const operator = (json: Json) =>
    JSON.parse(
      JSON.stringify(json).replace(
        'keras.layers","registered_name":null,"class_name":"Dense',
        'keras.src.ops.numpy","registered_name":null,"class_name":"Einsum',
      ),
    ) as Json;
  one(await kerasFile(model, { topology: operator }), 'unsupported-op', /a function of keras\.ops/);
});
