/** The networks that the figures are about, on 28×28 gray pixels 0…1, with weights of a seed. */
import { type GraphBuilder, graphBuilder, type TensorIndex } from '../../src/graph/build.js';
import type { Graph, Shape } from '../../src/graph/graph.js';
import { initialize } from '../../src/train/initialize.js';

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
const one = { height: 1, width: 1 };
const two = { height: 2, width: 2 };

/** LeCun et al. 1998, "Gradient-based learning applied to document recognition": 266,200 weights. */
export function lenet300100(seed: number): Graph {
  return perceptron('lenet_300_100', [300, 100], seed);
}

/** 784 inputs, 128 neurons, 10 classes: 101,632 weights. */
export function mlp784128(seed: number): Graph {
  return perceptron('mlp_784_128_10', [128], seed);
}

/**
 * LeNet-5 as Caffe has it and Han et al. 2015 prune it: 430,500 weights, 2,293,000 MACs. No activation stands behind the
 * convolutions. Fewer filters or neurons make a student of it.
 */
export function lenet5(
  seed: number,
  { conv1 = 20, conv2 = 50, dense = 500, name = 'lenet_5' }: Partial<LenetWidths> & { name?: string } = {},
): Graph {
  const g = graphBuilder(name);
  const input = g.input('pixels', float(1, 28, 28, 1));
  const a = pool(g, 'pool1', convolution(g, 'conv1', input, conv1));
  const b = pool(g, 'pool2', convolution(g, 'conv2', a, conv2));
  const c = layer(g, 'dense1', flatten(g, b), dense, 'RELU');
  return classifier(g, c, seed);
}

export interface LenetWidths {
  readonly conv1: number;
  readonly conv2: number;
  readonly dense: number;
}

/** Dense layers with ReLU between the pixels and the classes. */
export function perceptron(name: string, widths: readonly number[], seed: number): Graph {
  const g = graphBuilder(name);
  const pixels = flatten(g, g.input('pixels', float(1, 28, 28, 1)));
  const last = widths.reduce((x, units, i) => layer(g, `dense${i + 1}`, x, units, 'RELU'), pixels);
  return classifier(g, last, seed);
}

function classifier(g: GraphBuilder, x: TensorIndex, seed: number): Graph {
  const scores = layer(g, 'scores', x, 10, 'NONE');
  const output = g.op('SOFTMAX', 'probabilities', [scores], { beta: 1 }, float(1, 10));
  return initialize(g.build(output), seed);
}

function layer(g: GraphBuilder, name: string, x: TensorIndex, units: number, activation: 'RELU' | 'NONE') {
  const inputs = g.tensor(x).shape.at(-1)!;
  const parameters = [constant(g, `${name}_weights`, [units, inputs]), constant(g, `${name}_bias`, [units])];
  const attributes = { activation, keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  return g.op('FULLY_CONNECTED', name, [x, ...parameters], attributes, float(1, units));
}

/** 5×5, as far as it fits into the image. */
function convolution(g: GraphBuilder, name: string, x: TensorIndex, filters: number): TensorIndex {
  const [, height, width, channels] = g.tensor(x).shape as [number, number, number, number];
  const parameters = [
    constant(g, `${name}_weights`, [filters, 5, 5, channels]),
    constant(g, `${name}_bias`, [filters]),
  ];
  const attributes = { padding: 'VALID', stride: one, dilation: one, activation: 'NONE' } as const;
  const output = float(1, height - 4, width - 4, filters);
  return g.op('CONV_2D', name, [x, ...parameters], attributes, output);
}

function pool(g: GraphBuilder, name: string, x: TensorIndex): TensorIndex {
  const [, height, width, channels] = g.tensor(x).shape as [number, number, number, number];
  const attributes = { padding: 'VALID', stride: two, filter: two, activation: 'NONE' } as const;
  return g.op('MAX_POOL_2D', name, [x], attributes, float(1, height / 2, width / 2, channels));
}

function flatten(g: GraphBuilder, x: TensorIndex): TensorIndex {
  const size = g.tensor(x).shape.reduce((a, b) => a * b);
  const shape = g.constant('flatten_shape', { dtype: 'int32', shape: [2], data: Int32Array.of(1, size) });
  return g.op('RESHAPE', 'flatten', [x, shape], { newShape: [1, size] }, float(1, size));
}

function constant(g: GraphBuilder, name: string, shape: Shape): TensorIndex {
  const size = shape.reduce((a, b) => a * b);
  return g.constant(name, { ...float(...shape), data: new Float32Array(size) });
}
