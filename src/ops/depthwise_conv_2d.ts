/**
 * DEPTHWISE_CONV_2D: weights 1HWC, per-tensor or per output channel; output channel = input channel · multiplier + m.
 * TFLM: kernels/depthwise_conv.cc, reference/integer_ops/depthwise_conv.h, reference/depthwiseconv_float.h.
 */
import { elementCount, inputTensor, outputTensor, scaleOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { exportAgain } from './checks.js';
import type { Conv2dAttributes } from './conv_2d.js';
import {
  accumulatorOf,
  type ConvolutionParameters,
  checkWindow,
  convolutionParameters,
  imageOf,
  windowOutput,
} from './convolution.js';
import { depthwiseConv2dStep } from './depthwise_conv_2d_step.js';
import type { OpDefinition, OpProblem } from './op.js';
import { checkWeighted, weightedCombinations, weightedTensors } from './weights_check.js';

export interface DepthwiseConv2dAttributes extends Omit<Conv2dAttributes, 'quantizedBiasType'> {
  readonly depthMultiplier: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    DEPTHWISE_CONV_2D: DepthwiseConv2dAttributes;
  }
}

/** Weights are [row][column][output channel]; filter.channels is output.channels. */
export interface DepthwiseConv2dParameters extends ConvolutionParameters {
  /** output.channels / input.channels. */
  readonly depthMultiplier: number;
}

/** Call only on an op whose `check` found nothing. */
export function depthwiseConv2dParameters(
  op: Op<'DEPTHWISE_CONV_2D'>,
  graph: Graph,
): DepthwiseConv2dParameters {
  const { height, width, channels } = imageOf(inputTensor(graph, op, 1))!;
  const parameters = convolutionParameters(op, graph, { height, width, channels }, channels);
  return { ...parameters, depthMultiplier: op.attributes.depthMultiplier };
}

function check(op: Op<'DEPTHWISE_CONV_2D'>, graph: Graph): OpProblem[] {
  const tensors = weightedTensors(op, graph);
  if (Array.isArray(tensors)) return tensors;
  const { input, weights, output } = tensors;
  const [image, filter] = [imageOf(input), imageOf(weights)];
  if (!image || !filter) {
    const message = `takes input and weights of rank 4, has [${input.shape}] and [${weights.shape}]`;
    return [{ code: 'op-shape', message, hint: 'Add the batch and channel dimensions to the model.' }];
  }
  const problems = checkWindow(image, filter, op.attributes);
  const { depthMultiplier } = op.attributes;
  if (filter.batch !== 1 || filter.channels !== image.channels * depthMultiplier) {
    const message = `has weights [${weights.shape}] where ${image.channels} channels and depth multiplier ${depthMultiplier} need [1,h,w,${image.channels * depthMultiplier}]`;
    problems.push({ code: 'op-shape', message, hint: exportAgain });
  }
  const { scale } = weights.quantization ?? { scale: new Float32Array(0) };
  return [
    ...problems,
    ...checkWeighted(tensors, {
      channels: filter.channels,
      axis: 3,
      activation: op.attributes.activation,
      // The int16 kernel reads any bias as int64 (kernels/depthwise_conv.cc).
      int16Bias: ['int64'],
      accumulator: accumulatorOf(op, graph, input),
      multiplier: (c) => (scaleOf(input) * scale[scale.length > 1 ? c : 0]!) / scaleOf(output),
    }),
  ];
}

export const depthwiseConv2d: OpDefinition<'DEPTHWISE_CONV_2D'> = {
  type: 'DEPTHWISE_CONV_2D',
  supports: weightedCombinations,
  check,
  infer(op, graph) {
    const [input, filter] = [imageOf(inputTensor(graph, op, 0))!, imageOf(inputTensor(graph, op, 1))!];
    const { height, width } = windowOutput(input, filter, op.attributes);
    return [[input.batch, height, width, filter.channels]];
  },
  macs(op, graph) {
    const [height = 0, width = 0] = inputTensor(graph, op, 1).shape.slice(1);
    return elementCount(outputTensor(graph, op).shape) * height * width;
  },
  simulate(op, graph, memory) {
    const parameters = depthwiseConv2dParameters(op, graph);
    return depthwiseConv2dStep(parameters, memory[op.inputs[0]!]!, memory[op.outputs[0]!]!);
  },
};
