/** Conv → CONV_2D or DEPTHWISE_CONV_2D, with a PAD before it where TensorFlow Lite has no such padding. */
import { constantInput, type NodeImporter, optionalConstant } from '../node_context.js';
import { permuted, reshaped } from '../permute.js';
import { Unsupported } from '../value.js';
import { imageInput, imageValue } from './image.js';
import { extent, paddedShape, paddingOf, paddings, windowsOf } from './window.js';

export const conv: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const { dims } = image.value;
  const rank = dims.length;
  const weights = constantInput(context, 1, 'weights');
  const bias = optionalConstant(context, 2, 'bias');
  const groups = node.number('group') ?? 1;
  const [outputs, perGroup] = weights.dims;
  const channels = dims[1]!;
  if (weights.dims.length !== rank || perGroup! * groups !== channels || outputs! % groups !== 0) {
    throw new Unsupported(`has weights [${weights.dims}] in ${groups} groups for an input of [${dims}]`);
  }
  if (bias && bias.values.length !== outputs) {
    throw new Unsupported(`has ${bias.values.length} biases for ${outputs} channels`);
  }
  const windows = windowsOf(node, dims, weights.dims.slice(2));
  const direct = paddingOf(windows);
  let { tensor } = image;
  if (!direct) {
    const around = graph.integers(`${node.name}/paddings`, paddings(windows), [4, 2]);
    tensor = graph.one(
      'PAD',
      `${node.name}/pad`,
      [tensor, around],
      {},
      'float32',
      paddedShape(image.shape, windows),
    );
  }
  const depthwise = groups === channels && groups > 1;
  // [M, C, H, W] → OHWI, or of a depthwise convolution [M, 1, H, W] → 1HWM.
  const [row, column] = rank === 3 ? [-1, 2] : [2, 3];
  const order = depthwise ? [1, row, column, 0] : [0, row, column, 1];
  const inputs = [tensor, graph.constantTensor(permuted(weights, order))];
  if (bias) inputs.push(graph.constantTensor(reshaped(bias, [outputs!])));
  const attributes = {
    padding: direct ?? 'VALID',
    stride: extent(windows, 'stride'),
    dilation: extent(windows, 'dilation'),
    activation: 'NONE',
  } as const;
  const output = [dims[0]!, windows.rows.output, windows.columns.output, outputs!];
  const result = depthwise
    ? graph.one(
        'DEPTHWISE_CONV_2D',
        node.name,
        inputs,
        { ...attributes, depthMultiplier: outputs! / channels },
        'float32',
        output,
      )
    : graph.one('CONV_2D', node.name, inputs, attributes, 'float32', output);
  return [imageValue(result, output, rank)];
};
