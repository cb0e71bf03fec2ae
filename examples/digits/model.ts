/** The trained network as a crimp graph: pixels 0…255 in, probabilities out, batch normalization still apart. */
import * as tf from '@tensorflow/tfjs';
import { type GraphBuilder, graphBuilder, type TensorIndex } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { type BatchNorm, epsilon } from './batch_norm.js';
import { side } from './digits.js';
import { type Block, classes, type Network } from './network.js';

const one = { height: 1, width: 1 };
const two = { height: 2, width: 2 };
const convolution = { padding: 'SAME', stride: one, dilation: one, activation: 'NONE' } as const;
const pooling = { padding: 'VALID', stride: two, filter: two, activation: 'NONE' } as const;
const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;

export function graphOf(net: Network): Graph {
  const g = graphBuilder('digits');
  const [half, quarter] = [side / 2, side / 4];
  const channels = ({ norm }: Block) => norm.gamma.shape[0]!;
  const [c1, c2, c3] = [net.conv1, net.conv2, net.pointwise].map(channels) as [number, number, number];

  const input = g.input('pixels', float(1, side, side, 1));
  // The network was trained on 0…1.
  const conv1 = conv(g, 'conv1', input, net.conv1, float(1, side, side, c1), 1 / 255);
  const pool1 = g.op('MAX_POOL_2D', 'pool1', [conv1], pooling, float(1, half, half, c1));
  const conv2 = conv(g, 'conv2', pool1, net.conv2, float(1, half, half, c2));
  const pool2 = g.op('MAX_POOL_2D', 'pool2', [conv2], pooling, float(1, quarter, quarter, c2));
  const depthwise = depthwiseConv(g, 'depthwise', pool2, net.depthwise, float(1, quarter, quarter, c2));
  const pointwise = conv(g, 'pointwise', depthwise, net.pointwise, float(1, quarter, quarter, c3));

  const features = quarter * quarter * c3;
  const newShape = [1, features];
  const shape = g.constant('flatten_shape', { dtype: 'int32', shape: [2], data: Int32Array.from(newShape) });
  const flat = g.op('RESHAPE', 'flatten', [pointwise, shape], { newShape }, float(1, features));
  const weights = constant(g, 'dense_weights', tf.transpose(net.dense.weights));
  const bias = constant(g, 'dense_bias', net.dense.bias);
  const dense = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const logits = g.op('FULLY_CONNECTED', 'dense', [flat, weights, bias], dense, float(1, classes));
  return g.build(g.op('SOFTMAX', 'probabilities', [logits], { beta: 1 }, float(1, classes)));
}

function constant(g: GraphBuilder, name: string, tensor: tf.Tensor): TensorIndex {
  return g.constant(name, { ...float(...tensor.shape), data: Float32Array.from(tensor.dataSync()) });
}

type Spec = ReturnType<typeof float>;

/** Weights HWIO → OHWI. */
function conv(
  g: GraphBuilder,
  name: string,
  input: TensorIndex,
  block: Block,
  output: Spec,
  scale = 1,
): TensorIndex {
  const weights = constant(g, `${name}_weights`, tf.mul(tf.transpose(block.weights, [3, 0, 1, 2]), scale));
  return normalized(
    g,
    name,
    g.op('CONV_2D', `${name}_product`, [input, weights], convolution, output),
    block.norm,
    output,
  );
}

/** Weights HWI1 → 1HWI. */
function depthwiseConv(
  g: GraphBuilder,
  name: string,
  input: TensorIndex,
  block: Block,
  output: Spec,
): TensorIndex {
  const weights = constant(g, `${name}_weights`, tf.transpose(block.weights, [3, 0, 1, 2]));
  const attributes = { ...convolution, depthMultiplier: 1 };
  const value = g.op('DEPTHWISE_CONV_2D', `${name}_product`, [input, weights], attributes, output);
  return normalized(g, name, value, block.norm, output);
}

/** (x − mean) / √(variance + ε) · γ + β as a factor and an addend, then ReLU. */
function normalized(
  g: GraphBuilder,
  name: string,
  x: TensorIndex,
  norm: BatchNorm,
  output: Spec,
): TensorIndex {
  const factor = tf.div(norm.gamma, tf.sqrt(tf.add(norm.variance, epsilon)));
  const addend = tf.sub(norm.beta, tf.mul(norm.mean, factor));
  const scaled = [x, constant(g, `${name}_factor`, factor)];
  const product = g.op('MUL', `${name}_scaled`, scaled, { activation: 'NONE' }, output);
  const shifted = [product, constant(g, `${name}_addend`, addend)];
  const sum = g.op('ADD', `${name}_shifted`, shifted, { activation: 'NONE' }, output);
  return g.op('RELU', name, [sum], {}, output);
}
