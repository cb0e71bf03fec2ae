import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importLayersModel } from '../../src/importers/tfjs/from_layers_model.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { batchNormsOf } from '../../src/train/batch_norm.js';
import { variablesOf } from '../../src/train/variables.js';
import { random } from '../property/random.js';
import { randomize, tf } from '../support/tfjs_models.js';
import { difference, sameAsTensorflow, throughFile } from './tfjs_cases.js';

const L = tf.layers;
const typesOf = (graph: { ops: readonly { type: string }[] }) => graph.ops.map(({ type }) => type);

test('a Sequential CNN keeps its names, and batch normalization stays MUL and ADD', async () => {
  const model = tf.sequential({
    layers: [
      L.conv2d({
        inputShape: [12, 10, 3],
        filters: 5,
        kernelSize: [3, 2],
        strides: [2, 1],
        name: 'stem',
        useBias: false,
      }),
      L.batchNormalization({ name: 'norm' }),
      L.reLU({ name: 'relu' }),
      L.dropout({ rate: 0.5 }),
      L.depthwiseConv2d({
        kernelSize: 3,
        padding: 'same',
        depthMultiplier: 2,
        activation: 'relu6',
        name: 'dw',
      }),
      L.separableConv2d({
        filters: 7,
        kernelSize: 3,
        dilationRate: 2,
        padding: 'same',
        activation: 'tanh',
        name: 'sep',
      }),
      L.maxPooling2d({ poolSize: 2, name: 'pool' }),
      L.averagePooling2d({ poolSize: [2, 2], strides: [1, 1], padding: 'same', name: 'mean' }),
      L.flatten({ name: 'flat' }),
      L.gaussianNoise({ stddev: 1 }),
      L.dense({ units: 4, activation: 'softmax', name: 'scores' }),
    ],
  });
  const graph = await sameAsTensorflow(model);
  assert.deepEqual(typesOf(graph), [
    'CONV_2D',
    'MUL',
    'ADD',
    'DEPTHWISE_CONV_2D',
    'DEPTHWISE_CONV_2D',
    'CONV_2D',
    'TANH',
    'MAX_POOL_2D',
    'AVERAGE_POOL_2D',
    'RESHAPE',
    'FULLY_CONNECTED',
    'SOFTMAX',
  ]);
  assert.deepEqual(
    graph.ops.map(({ name }) => name),
    [
      'stem',
      'norm/scaled',
      'relu',
      'dw',
      'sep/depthwise',
      'sep/linear',
      'sep',
      'pool',
      'mean',
      'flat',
      'scores/linear',
      'scores',
    ],
  );
  assert.equal(graph.tensors[graph.inputs[0]!]!.name, 'stem_input');
  assert.equal(batchNormsOf(graph, variablesOf(graph)).length, 1);
});

test('a Functional model with branches, several inputs and several outputs', async () => {
  const [image, other] = [
    tf.input({ shape: [6, 6, 4], name: 'image' }),
    tf.input({ shape: [6, 6, 4], name: 'other' }),
  ];
  const conv = L.conv2d({ filters: 4, kernelSize: 1, name: 'conv' }).apply(image) as typeof image;
  const merged = [L.add(), L.multiply(), L.maximum(), L.minimum(), L.average()].map(
    (layer) => layer.apply([conv, other]) as typeof image,
  );
  const joined = L.concatenate({ axis: -1, name: 'joined' }).apply([image, ...merged]) as typeof image;
  const rows = L.concatenate({ axis: 1 }).apply([image, other]) as typeof image;
  const first = L.dense({ units: 3, name: 'first' }).apply(
    L.globalAveragePooling2d({}).apply(joined),
  ) as typeof image;
  const model = tf.model({
    inputs: [image, other],
    outputs: [first, rows, L.globalMaxPooling2d({}).apply(rows) as typeof image],
  });
  const graph = await sameAsTensorflow(model, 3);
  assert.deepEqual(
    graph.inputs.map((t) => graph.tensors[t]!.name),
    ['image', 'other'],
  );
  assert.equal(graph.outputs.length, 3);
});

test('layers over one dimension', async () => {
  const model = tf.sequential({
    layers: [
      L.conv1d({
        inputShape: [20, 3],
        filters: 4,
        kernelSize: 3,
        dilationRate: 2,
        activation: 'relu',
      }),
      L.conv1d({ filters: 5, kernelSize: 4, strides: 2, padding: 'same', activation: 'sigmoid' }),
      L.batchNormalization({ center: false }),
      L.averagePooling1d({ poolSize: 2, strides: 1, padding: 'valid' }),
      L.maxPooling1d({ poolSize: 2, padding: 'same' }),
      L.dense({ units: 6 }),
      L.permute({ dims: [2, 1] }),
      L.reshape({ targetShape: [-1, 3] }),
      L.globalMaxPooling1d({}),
    ],
  });
  await sameAsTensorflow(model, 5);
  await sameAsTensorflow(
    tf.sequential({
      layers: [L.conv1d({ inputShape: [9, 2], filters: 3, kernelSize: 3 }), L.globalAveragePooling1d({})],
    }),
  );
});

test('causal padding, which TensorFlow.js has no kernel for, is zeros before', () => {
  const conv = L.conv1d({ inputShape: [12, 2], filters: 3, kernelSize: 3, dilationRate: 2 });
  const valid = tf.sequential({ layers: [conv] });
  const toJSON = () => {
    const text = valid.toJSON(null, true) as string;
    return text.replace('"valid"', '"causal"').replace('[null,12,2]', '[null,8,2]');
  };
  const graph = importLayersModel({ toJSON, weights: valid.weights } as unknown as typeof valid, {
    name: 'c',
  });
  const values = Float32Array.from({ length: 24 }, (_, i) => (i < 8 ? 0 : Math.sin(i)));
  const wanted = (valid.predict(tf.tensor(values, [1, 12, 2])) as ReturnType<typeof tf.tensor>).dataSync();
  const simulator = createSimulator(graph);
  (simulator.memory[graph.inputs[0]!] as Float32Array).set(values.subarray(8));
  simulator.run();
  const actual = simulator.memory[graph.outputs[0]!] as Float32Array;
  assert.equal(actual.length, wanted.length);
  for (const [i, value] of actual.entries()) assert.ok(Math.abs(value - wanted[i]!) < 1e-6);
});

test('activations, as layers and within them', async () => {
  const activations = [
    'linear',
    'relu',
    'relu6',
    'sigmoid',
    'tanh',
    'elu',
    'hardSigmoid',
    'softmax',
    'swish',
  ] as const;
  const layers = [
    ...activations.map((activation) => L.activation({ activation })),
    L.reLU({ maxValue: 6 }),
    L.reLU({ maxValue: 1 }),
    L.reLU({ maxValue: 0.5 }),
    L.leakyReLU({ alpha: 0.2 }),
    L.prelu({ sharedAxes: [1, 2] }),
    L.prelu({}),
    L.elu({}),
    L.softmax({ axis: -1 }),
  ];
  const input = tf.input({ shape: [3, 4, 2] });
  const outputs = layers.map((layer) => layer.apply(input) as typeof input);
  await sameAsTensorflow(tf.model({ inputs: input, outputs }), 7);
});

test('padding and upsampling', async () => {
  const model = tf.sequential({
    layers: [
      L.zeroPadding2d({
        inputShape: [3, 4, 2],
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
      L.upSampling2d({ size: [2, 3] }),
      L.conv2d({ filters: 3, kernelSize: 3 }),
      L.zeroPadding2d({ padding: 1 }),
    ],
  });
  await sameAsTensorflow(model);
});

test('a model within a model, and a layer that is called twice', async () => {
  const inner = tf.sequential({
    layers: [L.dense({ inputShape: [5], units: 6, activation: 'relu' }), L.dense({ units: 5 })],
  });
  await sameAsTensorflow(tf.sequential({ layers: [inner, L.dense({ units: 2 })] }));
  const input = tf.input({ shape: [5] });
  const twice = L.dense({ units: 5 });
  const output = L.add().apply([inner.apply(input), twice.apply(twice.apply(input))] as (typeof input)[]);
  const graph = await sameAsTensorflow(tf.model({ inputs: input, outputs: output as typeof input }));
  assert.equal(typesOf(graph).filter((type) => type === 'FULLY_CONNECTED').length, 4);
});

test('quantized shards are what TensorFlow.js reads from them', async () => {
  const model = tf.sequential({
    layers: [
      L.conv2d({ inputShape: [6, 6, 2], filters: 4, kernelSize: 3 }),
      L.flatten(),
      L.dense({ units: 3 }),
    ],
  });
  randomize(model, random(9).next);
  // What they lose: half a step of 255, of 65535, and the 11th bit.
  for (const [quantization, bound] of [
    ['uint8', 0.05],
    ['uint16', 3e-4],
    ['float16', 4e-3],
  ] as const) {
    const graph = await throughFile(model, { quantization, shardBytes: 64 });
    const found = difference(model, graph, 10);
    assert.ok(found > 0 && found <= bound, `${quantization} differs by ${found}`);
  }
});
