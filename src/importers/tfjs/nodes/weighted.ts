/** Conv2D, DepthwiseConv2dNative, MatMul, and their fused forms with BiasAdd and an activation. */
import { type Activation, withActivation } from '../activation.js';
import { shown } from '../json.js';
import type { Node, NodeImporter } from '../node.js';
import type { Options } from '../options.js';
import { Unsupported, type Value } from '../value.js';
import { conv2d, depthwiseConv2d, fullyConnected, transposeConv, type WindowOptions } from '../window.js';

const activations: Readonly<Record<string, Activation>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Elu: 'elu',
  LeakyRelu: 'leaky_relu',
};

interface Fused {
  readonly bias: boolean;
  readonly activation: Activation;
}

/** `fused_ops`: BiasAdd, an activation, both or neither. */
function fusedOf(options: Options): Fused {
  const given = options.get('fused_ops') ?? [];
  const list: unknown[] = Array.isArray(given) ? given : [given];
  const rest = list.filter((op) => op !== 'BiasAdd');
  const known = typeof rest[0] === 'string' && Object.hasOwn(activations, rest[0]);
  if (rest.length > 1 || (rest.length === 1 && !known)) options.refuse(`fuses ${shown(rest)}`);
  const activation = known ? activations[rest[0] as string]! : 'linear';
  return { bias: list.length > rest.length, activation };
}

/** Of lists for batch, rows, columns and channels. */
export function windowOf(options: Options): WindowOptions {
  options.word('data_format', 'NHWC');
  const [batch, ...strides] = options.extent('strides', 4, 1);
  const dilations = options.extent('dilations', 4, 1);
  if (batch !== 1 || strides[2] !== 1) options.refuse('strides over batch or channels');
  return {
    padding: options.word('padding', 'VALID', 'SAME'),
    strides: strides.slice(0, 2),
    dilations: dilations.slice(1, 3),
  };
}

function kernelOf(node: Node, rank: number) {
  const kernel = node.constant(1);
  if (kernel.shape.length !== rank)
    throw new Unsupported(`has a kernel of shape [${kernel.shape.join(', ')}]`);
  return kernel;
}

export const conv: NodeImporter = (node) => {
  const [window, { bias, activation }] = [windowOf(node.options), fusedOf(node.options)];
  const x = node.value(0, 4);
  const { name: kernelName, shape, values } = kernelOf(node, 4);
  const [rows, columns, depth, filters] = shape as [number, number, number, number];
  if (depth === 0 || x.shape[3]! % depth !== 0)
    throw new Unsupported(`has a kernel of ${depth} channels for ${x.shape[3]}`);
  const vector = bias ? node.vector(2, filters) : undefined;
  return withActivation(node.graph, node.name, activation, (op, fused) =>
    conv2d(node.graph, op, x, values, [rows, columns, depth, filters], vector, window, fused, kernelName),
  );
};

export const depthwise: NodeImporter = (node) => {
  const [window, { bias, activation }] = [windowOf(node.options), fusedOf(node.options)];
  const x = node.value(0, 4);
  const { name: kernelName, shape, values } = kernelOf(node, 4);
  const [rows, columns, channels, multiplier] = shape as [number, number, number, number];
  if (channels !== x.shape[3])
    throw new Unsupported(`has a kernel of ${channels} channels for ${x.shape[3]}`);
  const vector = bias ? node.vector(2, channels * multiplier) : undefined;
  const kernel = [rows, columns, channels, multiplier] as const;
  return withActivation(node.graph, node.name, activation, (op, fused) =>
    depthwiseConv2d(node.graph, op, x, values, [...kernel], vector, window, fused, kernelName),
  );
};

export const matMul: NodeImporter = (node) => {
  const { bias, activation } = fusedOf(node.options);
  if (node.options.flag('transpose_a', false)) node.options.refuse('transposes its first input');
  const turned = node.options.flag('transpose_b', false);
  const x: Value = node.value(0, 2);
  const { name: kernelName, shape, values } = kernelOf(node, 2);
  const [depth, units] = (turned ? [...shape].reverse() : shape) as [number, number];
  if (depth !== x.shape[1]) throw new Unsupported(`multiplies ${x.shape[1]} values by a kernel of ${depth}`);
  const kernel = turned ? values.map((_, i) => values[(i % units) * depth + Math.floor(i / units)]!) : values;
  const vector = bias ? node.vector(2, units) : undefined;
  return withActivation(node.graph, node.name, activation, (op, fused) =>
    fullyConnected(node.graph, op, x, kernel, units, vector, fused, kernelName),
  );
};

/** Its first input, the shape of the output, is a constant. */
export const convTranspose: NodeImporter = (node) => {
  const { padding, strides, dilations } = windowOf(node.options);
  if (dilations.some((d) => d !== 1)) node.options.refuse('is dilated');
  const x = node.value(2, 4);
  const output = node.integers(0);
  const { name: kernelName, shape, values } = kernelOf(node, 4);
  const [rows, columns, filters, depth] = shape as [number, number, number, number];
  if (output.length !== 4 || output[3] !== filters || depth !== x.shape[3])
    throw new Unsupported(`makes [${output.join(', ')}] of [${x.shape.join(', ')}]`);
  const kernel = [rows, columns, filters, depth] as const;
  const size = [output[1]!, output[2]!] as const;
  return transposeConv(
    node.graph,
    node.name,
    x,
    values,
    kernel,
    undefined,
    { padding, strides },
    size,
    'NONE',
    kernelName,
  );
};
