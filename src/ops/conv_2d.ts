/**
 * CONV_2D: weights OHWI, per-tensor or per output channel; grouped when the filter is thinner than the input.
 * TFLM: kernels/conv.cc, reference/integer_ops/conv.h, reference/conv.h.
 */
import { elementCount, inputTensor, optionalInput, outputTensor, scaleOf } from '../graph/access.js';
import type { Graph, Op, TensorData } from '../graph/graph.js';
import type { FusedActivation, Range } from '../numerics/activation_range.js';
import { quantizeMultipliers } from '../numerics/quantize_multiplier.js';
import { conv2dStep } from './conv_2d_step.js';
import {
  type Accumulator,
  accumulatorOf,
  checkWindow,
  type Extent,
  type Image,
  imageOf,
  offsetsAndRange,
  type Window,
  windowOutput,
  windowPadding,
} from './convolution.js';
import type { OpDefinition, OpProblem } from './op.js';
import { checkWeighted, weightedCombinations, weightedTensors } from './weights_check.js';

export interface Conv2dAttributes extends Window {
  readonly activation: FusedActivation;
  /** Only for int16 without bias: int32 asks for the 32-bit accumulator. */
  readonly quantizedBiasType?: 'int32' | 'int64' | 'float32';
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    CONV_2D: Conv2dAttributes;
  }
}

/** Everything a convolution kernel needs, all known at compile time. */
export interface Conv2dParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  /** `channels` is input.channels / groups. */
  readonly filter: Image;
  readonly groups: number;
  readonly stride: Extent;
  readonly dilation: Extent;
  /** Rows and columns of padding before the first; what follows is implied. */
  readonly padding: { readonly top: number; readonly left: number };
  /** −(input zero point), added to each input value; 0 for int16 and float32. */
  readonly inputOffset: number;
  /** Output zero point, added after requantization; 0 for int16 and float32. */
  readonly outputOffset: number;
  /** One for each output channel, also when the model is quantized per tensor; empty for float32. */
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  /** Clamp of the output in quantized values (for float32: in real values). */
  readonly activation: Range;
  /** [output channel][row][column][filter channel]; int4 unpacked to int8. */
  readonly weights: TensorData;
  readonly weightsDtype: 'int4' | 'int8' | 'float32';
  /** One for each output channel: Int32Array, BigInt64Array (int16 only), Float32Array. */
  readonly bias?: TensorData;
  /** Which accumulator TFLM uses, and with it which MultiplyByQuantizedMultiplier. */
  readonly accumulator: Accumulator;
}

/** Call only on an op whose `check` found nothing. */
export function conv2dParameters(op: Op<'CONV_2D'>, graph: Graph): Conv2dParameters {
  const [input, weights, output] = [
    inputTensor(graph, op, 0),
    inputTensor(graph, op, 1),
    outputTensor(graph, op),
  ];
  const { batch, ...inputImage } = imageOf(input)!;
  const { batch: channels, ...filter } = imageOf(weights)!;
  const { stride, dilation, activation } = op.attributes;
  const scales = input.dtype === 'float32' ? new Float32Array(0) : weights.quantization!.scale;
  return {
    dtype: input.dtype as Conv2dParameters['dtype'],
    batch,
    input: inputImage,
    output: { ...windowOutput(inputImage, filter, op.attributes), channels },
    filter,
    groups: inputImage.channels / filter.channels,
    stride,
    dilation,
    padding: windowPadding(inputImage, filter, op.attributes),
    ...offsetsAndRange(input, output, activation),
    ...quantizeMultipliers(scaleOf(input), scales, scaleOf(output), scales.length === 0 ? 0 : channels),
    weights: weights.data!,
    weightsDtype: weights.dtype as Conv2dParameters['weightsDtype'],
    bias: optionalInput(graph, op, 2)?.data,
    accumulator: accumulatorOf(op, graph, input),
  };
}

function check(op: Op<'CONV_2D'>, graph: Graph): OpProblem[] {
  const tensors = weightedTensors(op, graph);
  if (Array.isArray(tensors)) return tensors;
  const { input, weights, output } = tensors;
  const [image, filter] = [imageOf(input), imageOf(weights)];
  if (!image || !filter) {
    const message = `takes input and weights of rank 4, has [${input.shape}] and [${weights.shape}]`;
    return [{ code: 'op-shape', message, hint: 'Add the batch and channel dimensions to the model.' }];
  }
  const problems = checkWindow(image, filter, op.attributes);
  const groups = image.channels / filter.channels;
  if (!Number.isInteger(groups) || filter.batch % groups !== 0) {
    const message = `cannot split ${image.channels} input and ${filter.batch} output channels into groups of ${filter.channels} input channels`;
    problems.push({
      code: 'op-shape',
      message,
      hint: 'Both channel counts must be multiples of the group count.',
    });
  }
  const { scale } = weights.quantization ?? { scale: new Float32Array(0) };
  return [
    ...problems,
    ...checkWeighted(tensors, {
      channels: filter.batch,
      axis: 0,
      activation: op.attributes.activation,
      int16Bias: ['int32', 'int64'],
      accumulator: accumulatorOf(op, graph, input),
      multiplier: (c) => (scaleOf(input) * scale[scale.length > 1 ? c : 0]!) / scaleOf(output),
    }),
  ];
}

export const conv2d: OpDefinition<'CONV_2D'> = {
  type: 'CONV_2D',
  supports: weightedCombinations,
  check,
  infer(op, graph) {
    const [input, filter] = [imageOf(inputTensor(graph, op, 0))!, imageOf(inputTensor(graph, op, 1))!];
    const { height, width } = windowOutput(input, filter, op.attributes);
    return [[input.batch, height, width, filter.batch]];
  },
  macs(op, graph) {
    return (
      elementCount(outputTensor(graph, op).shape) * elementCount(inputTensor(graph, op, 1).shape.slice(1))
    );
  },
  simulate(op, graph, memory) {
    return conv2dStep(conv2dParameters(op, graph), memory[op.inputs[0]!]!, memory[op.outputs[0]!]!);
  },
};
