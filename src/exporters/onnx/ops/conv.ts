/** Convolutions: weights OIHW, padding as it comes out, and groups. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Graph, Op, Tensor } from '../../../graph/graph.js';
import type { FusedActivation } from '../../../numerics/activation_range.js';
import { type Extent, windowPadding } from '../../../ops/convolution.js';
import { transposeConvParameters } from '../../../ops/transpose_conv.js';
import type { Exporter } from '../exporter.js';
import type { Attributes, Value } from '../model_writer.js';
import { activated } from './activation.js';
import { padded } from './move.js';

/** Of image, filter and output, by axis: what is read before the first pixel and behind the last. */
export function padsOf(
  input: Extent,
  output: Extent,
  filter: Extent,
  stride: Extent,
  before: { readonly top: number; readonly left: number },
  dilation: Extent = { height: 1, width: 1 },
): number[] {
  const behind = (axis: keyof Extent, start: number) =>
    Math.max(
      0,
      (output[axis] - 1) * stride[axis] + (filter[axis] - 1) * dilation[axis] + 1 - input[axis] - start,
    );
  return [before.top, before.left, behind('height', before.top), behind('width', before.left)];
}

export function extentOf({ shape }: Tensor): Extent {
  return { height: shape[1]!, width: shape[2]! };
}

/** float32 products of the input's scale and those of the weights; of a float layer nothing asks for them. */
export function productScales(input: Tensor, weights: Tensor): Float32Array {
  const scale = input.quantization?.scale[0] ?? 0;
  return (weights.quantization?.scale ?? new Float32Array(0)).map((s) => s * scale);
}

export function conv2d(op: Op<'CONV_2D'>, x: Exporter): void {
  const [input, weights] = [inputTensor(x.graph, op), inputTensor(x.graph, op, 1)];
  const group = input.shape[3]! / weights.shape[3]!;
  convolution(op, x, { permutation: [0, 3, 1, 2], group });
}

export function depthwiseConv2d(op: Op<'DEPTHWISE_CONV_2D'>, x: Exporter): void {
  const { shape } = inputTensor(x.graph, op);
  convolution(op, x, { permutation: [3, 0, 1, 2], group: shape[3]! });
}

function convolution(
  op: Op<'CONV_2D'> | Op<'DEPTHWISE_CONV_2D'>,
  x: Exporter,
  { permutation, group }: { readonly permutation: readonly number[]; readonly group: number },
): void {
  const graph: Graph = x.graph;
  const untyped = op as Op<'CONV_2D'>;
  const [input, weights, output] = [
    inputTensor(graph, untyped),
    inputTensor(graph, untyped, 1),
    outputTensor(graph, untyped),
  ];
  const { stride, dilation, activation } = op.attributes;
  const [image, filter] = [extentOf(input), extentOf(weights)];
  const before = windowPadding(image, filter, op.attributes);
  const filters = x.weights(op.inputs[1]!, { view: weights.shape, permutation });
  weighted(x, 'Conv', {
    ...{ input: op.inputs[0]!, weights: op.inputs[1]!, bias: op.inputs[2], output: op.outputs[0]! },
    filters,
    activation,
    attributes: {
      kernel_shape: [filter.height, filter.width],
      strides: [stride.height, stride.width],
      dilations: [dilation.height, dilation.width],
      pads: padsOf(image, extentOf(output), filter, stride, before, dilation),
      group,
    },
  });
}

/**
 * In ONNX stride, padding and `output_padding` say how large the output is, and the last is below the stride: where the graph's
 * is larger yet, zeros behind the input make room.
 */
export function transposeConv(op: Op<'TRANSPOSE_CONV'>, x: Exporter): void {
  const { input, output, filter, stride, padding } = transposeConvParameters(op, x.graph);
  const axis = (along: keyof Extent, before: number) => {
    const over = stride[along] * (input[along] - 1) + filter[along] - before - output[along];
    const zeros = Math.max(0, Math.ceil((1 - over) / stride[along]) - 1);
    const left = over + zeros * stride[along];
    return { zeros, pad: Math.max(0, left), more: Math.max(0, -left) };
  };
  const [rows, columns] = [axis('height', padding.top), axis('width', padding.left)];
  weighted(x, 'ConvTranspose', {
    ...{ input: op.inputs[2]!, weights: op.inputs[1]!, bias: op.inputs[3], output: op.outputs[0]! },
    zeros: [0, 0, 0, 0, 0, 0, rows.zeros, columns.zeros],
    filters: x.weights(op.inputs[1]!, {
      view: inputTensor(x.graph, op, 1).shape,
      permutation: [3, 0, 1, 2],
    }),
    activation: op.attributes.activation,
    attributes: {
      kernel_shape: [filter.height, filter.width],
      strides: [stride.height, stride.width],
      pads: [padding.top, padding.left, rows.pad, columns.pad],
      output_padding: [rows.more, columns.more],
    },
  });
}

interface Weighted {
  readonly input: number;
  readonly weights: number;
  readonly bias: number | undefined;
  readonly output: number;
  /** Pads of the input. */
  readonly zeros?: readonly number[];
  readonly filters: Value;
  readonly activation: FusedActivation;
  readonly attributes: Attributes;
}

function weighted(x: Exporter, type: string, layer: Weighted): void {
  const { input, weights, bias = -1, output } = layer;
  const image = padded(x, x.real(input, 'first'), x.tensor(input), layer.zeros ?? [], () =>
    x.writer.scalar('float32', 0),
  );
  const operands = [image, layer.filters];
  if (bias >= 0) operands.push(x.bias(bias, productScales(x.tensor(input), x.tensor(weights))));
  const sums = x.node(type, operands, layer.attributes);
  x.write(output, activated(x, sums, layer.activation, x.tensor(output)), 'first');
}
