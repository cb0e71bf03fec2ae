/** The shipped example's network as a LayersModel of TensorFlow.js: the same graph, the same accuracy, quantized as well. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../src/assets.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { readDataset, readSamples } from '../../src/data/index.js';
import type { Graph, Tensor } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { tf } from '../support/tfjs_models.js';
import { difference, throughFile, tolerance } from './tfjs_cases.js';

const at = (name: string) => path.join(packageRoot, 'examples', 'digits', name);
const reference = importModel(readFileSync(at('digits.tflite')), { name: 'digits' });

/** The kernel of an op as Keras has it, and its bias. */
function weightsOf(graph: Graph, name: string) {
  const op = graph.ops.find((o) => o.outputs.some((t) => graph.tensors[t]!.name === name))!;
  const [kernel, bias] = [graph.tensors[op.inputs[1]!]!, graph.tensors[op.inputs[2]!]!];
  const whole = (t: Tensor) => tf.tensor(t.data as Float32Array, [...t.shape]);
  const order = { CONV_2D: [1, 2, 3, 0], DEPTHWISE_CONV_2D: [1, 2, 3, 0], FULLY_CONNECTED: [1, 0] };
  return [tf.transpose(whole(kernel), order[op.type as keyof typeof order]), whole(bias)];
}

const conv = { padding: 'same', activation: 'relu' } as const;
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, name: 'conv1', ...conv }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ filters: 16, kernelSize: 3, name: 'conv2', ...conv }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.depthwiseConv2d({ kernelSize: 3, name: 'depthwise', ...conv }),
    tf.layers.conv2d({ filters: 24, kernelSize: 1, name: 'pointwise', ...conv }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, name: 'dense', activation: 'softmax' }),
  ],
});
for (const name of ['conv1', 'conv2', 'depthwise', 'pointwise', 'dense'])
  model.getLayer(name).setWeights(weightsOf(reference, name));

test('the digits network of TensorFlow.js is as accurate as its .tflite, in float and in int8', async () => {
  const graph = await throughFile(model, { shardBytes: 10_000 });
  assert.ok(difference(model, graph, 1) <= tolerance);
  assert.deepEqual(
    graph.ops.map(({ type, attributes }) => [type, attributes]),
    reference.ops.map(({ type, attributes }) => [type, attributes]),
  );
  const accuracyOf = (g: Graph) => simulateSamples(g, readSamples(at('test.npz'), g)).accuracy!;
  const { accuracy } = JSON.parse(readFileSync(at('metrics.json'), 'utf8')) as { accuracy: number };
  assert.equal(accuracyOf(graph), accuracy);
  const quantized = quantize(graph, readDataset(at('calibration.npz'), graph));
  const int8 = accuracyOf(quantized.graph);
  assert.ok(int8 >= accuracy - 0.01, `int8 is at ${int8}, float at ${accuracy}`);
});
