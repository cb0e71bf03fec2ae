/** Layers beyond those of a plain CNN, against TensorFlow.js. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../support/tfjs_models.js';
import { sameAsTensorflow } from './tfjs_cases.js';

const L = tf.layers;

test('transposed convolutions, strides beyond and below the kernel', async () => {
  const input = tf.input({ shape: [3, 4, 2] });
  const outputs = [
    L.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    L.conv2dTranspose({ filters: 2, kernelSize: [2, 3], strides: [1, 2], padding: 'valid', useBias: false }),
    L.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, padding: 'valid', activation: 'tanh' }),
  ].map((layer) => layer.apply(input) as typeof input);
  const graph = await sameAsTensorflow(tf.model({ inputs: input, outputs }));
  assert.equal(graph.ops.filter(({ type }) => type === 'TRANSPOSE_CONV').length, 3);
});

test('cropping, bilinear upsampling, repeated vectors', async () => {
  const input = tf.input({ shape: [6, 5, 2] });
  const cropped = L.cropping2D({
    cropping: [
      [1, 0],
      [2, 1],
    ],
  }).apply(input) as typeof input;
  const wide = L.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }).apply(cropped) as typeof input;
  const row = L.repeatVector({ n: 4 }).apply(L.flatten().apply(cropped)) as typeof input;
  await sameAsTensorflow(tf.model({ inputs: input, outputs: [cropped, wide, row] }), 3);
});

test('layer normalization over one axis and over several', async () => {
  const input = tf.input({ shape: [4, 3, 5] });
  const outputs = [
    L.layerNormalization({ epsilon: 1e-2 }),
    L.layerNormalization({ axis: [2, 3] }),
    L.layerNormalization({ center: false, scale: false }),
  ].map((layer) => layer.apply(input) as typeof input);
  await sameAsTensorflow(tf.model({ inputs: input, outputs }), 5);
});

test('activations that are several operators, and a threshold', async () => {
  const names = ['selu', 'softplus', 'softsign', 'mish', 'gelu_new'] as const;
  const input = tf.input({ shape: [3, 7] });
  const wide = L.rescaling({ scale: 8, offset: 0.5 }).apply(input) as typeof input;
  const layers = [
    ...names.map((activation) => L.activation({ activation: activation as 'selu' })),
    L.thresholdedReLU({ theta: 0.4 }),
  ];
  const outputs = layers.map((layer) => layer.apply(wide) as typeof input);
  await sameAsTensorflow(tf.model({ inputs: input, outputs }), 7);
});
