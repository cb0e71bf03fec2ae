/** LayerNormalization, InstanceNormalization, GroupNormalization: by what a sample itself holds, in plain operators. */
import { activation, constantInput, input, type NodeContext, type NodeImporter } from '../node_context.js';
import { type Activation, axisFrom, type Constant, identity, Unsupported } from '../value.js';
import { imageInput, imageValue } from './image.js';

const none = { activation: 'NONE' } as const;

/** (x − mean) / √(variance + ε) over the axes of a tensor. */
function normalized(
  { node, graph }: NodeContext,
  name: string,
  x: number,
  axes: readonly number[],
): { tensor: number; shape: readonly number[] } {
  const { shape } = graph.tensors[x]!;
  const means = shape.map((d, i) => (axes.includes(i) ? 1 : d));
  const table = graph.integers(`${name}/axes`, axes);
  const mean = (step: string, tensor: number) =>
    graph.one('MEAN', `${name}/${step}`, [tensor, table], { keepDims: true }, 'float32', means);
  const centered = graph.one('SUB', `${name}/centered`, [x, mean('mean', x)], none, 'float32', shape);
  const squares = graph.one('MUL', `${name}/squares`, [centered, centered], none, 'float32', shape);
  const epsilon = graph.floats(`${name}/epsilon`, [node.number('epsilon') ?? 1e-5], [1]);
  const variance = mean('variance', squares);
  const bounded = graph.one('ADD', `${name}/bounded`, [variance, epsilon], none, 'float32', means);
  const root = graph.one('RSQRT', `${name}/root`, [bounded], {}, 'float32', means);
  const tensor = graph.one('MUL', `${name}/normalized`, [centered, root], none, 'float32', shape);
  return { tensor, shape };
}

/** · scale + bias by constants that broadcast. */
function affine(
  { node, graph }: NodeContext,
  x: number,
  shape: readonly number[],
  scale: number,
  bias: number | undefined,
): number {
  const scaled = bias === undefined ? node.name : `${node.name}/scaled`;
  const product = graph.one('MUL', scaled, [x, scale], none, 'float32', shape);
  return bias === undefined ? product : graph.one('ADD', node.name, [product, bias], none, 'float32', shape);
}

/** Over all axes from one on. */
export const layerNormalization: NodeImporter = (context) => {
  const { node, graph } = context;
  if (node.outputs.slice(1).some((name) => name !== ''))
    throw new Unsupported('gives its mean or its deviation');
  const value = input(context);
  const axis = axisFrom(node.number('axis') ?? -1, value.dims.length);
  const rest = value.dims.slice(axis);
  const [scale, bias] = [1, 2].map((i) => {
    if (i === 2 && !context.inputs[2]) return undefined;
    const constant = constantInput(context, i, i === 1 ? 'scale' : 'bias');
    if (constant.dims.length <= rest.length) return constant;
    throw new Unsupported(`has parameters of shape [${constant.dims}] for [${rest}]`);
  }) as [Constant, Constant | undefined];
  const axes = value.order.flatMap((a, i) => (a >= axis ? [i] : []));
  const { tensor, shape } = normalized(context, node.name, value.tensor, axes);
  const parameter = (constant: Constant) => graph.broadcast(constant, value.order);
  const result = affine(context, tensor, shape, parameter(scale), bias && parameter(bias));
  return [activation(result, value.dims, value.order)];
};

function channelParameters(context: NodeContext, channels: number): [Constant, Constant] {
  return [1, 2].map((i) => {
    const constant = constantInput(context, i, i === 1 ? 'scale' : 'bias');
    if (constant.values.length === channels) return constant;
    throw new Unsupported(`has ${constant.values.length} parameters for ${channels} channels`);
  }) as [Constant, Constant];
}

/** Over rows and columns. */
export const instanceNormalization: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const [scale, bias] = channelParameters(context, image.shape[3]!);
  const { tensor, shape } = normalized(context, node.name, image.tensor, [1, 2]);
  const result = affine(context, tensor, shape, graph.constantTensor(scale), graph.constantTensor(bias));
  return [imageValue(result, shape, image.value.dims.length)];
};

/** Over rows, columns and the channels of a group. Before operator set 21 there is one scale for each group. */
export const groupNormalization: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const [n, h, w, channels] = image.shape as readonly [number, number, number, number];
  const groups = node.number('num_groups') ?? 1;
  if (channels % groups !== 0) throw new Unsupported(`has ${groups} groups of ${channels} channels`);
  const each = channels / groups;
  const parameters = channelParameters(context, node.opset < 21 ? groups : channels).map(({ name, values }) =>
    graph.floats(
      name,
      Array.from({ length: channels }, (_, c) => values[node.opset < 21 ? Math.floor(c / each) : c]!),
    ),
  ) as [number, number];
  const split = graph.reshape(image.tensor, `${node.name}/groups`, 'float32', [n, h * w, groups, each]);
  const { tensor } = normalized(context, node.name, split, [1, 3]);
  const joined = graph.reshape(tensor, `${node.name}/joined`, 'float32', image.shape);
  const result = affine(context, joined, image.shape, ...parameters);
  return [imageValue(result, image.shape, image.value.dims.length)];
};

/** x / ‖x‖ along the last axis. */
export const lpNormalization: NodeImporter = (context) => {
  const { node, graph } = context;
  if ((node.number('p') ?? 2) !== 2) throw new Unsupported(`has p ${node.number('p')}; 2 is supported`);
  const value: Activation = input(context);
  const rank = value.dims.length;
  const axis = axisFrom(node.number('axis') ?? -1, rank);
  const order =
    value.order.at(-1) === axis ? value.order : [...identity(rank).filter((a) => a !== axis), axis];
  const tensor = graph.inOrder(value, order);
  const { shape } = graph.tensors[tensor]!;
  const attributes = { activation: 'NONE' } as const;
  return [
    activation(
      graph.one('L2_NORMALIZATION', node.name, [tensor], attributes, 'float32', shape),
      value.dims,
      order,
    ),
  ];
};
