/**
 * CONV_2D: weights OHWI, per-tensor or per output channel; grouped when the filter is thinner than the input.
 * TFLM: kernels/conv.cc, reference/integer_ops/conv.h, reference/conv.h.
 */
import { elementCount, inputTensor, outputTensor, scaleOf } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { conv2dStep } from './conv_2d_step.js';
import {
  accumulatorOf,
  type ConvolutionParameters,
  checkWindow,
  convolutionParameters,
  imageOf,
  type Window,
  windowOutput,
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

/** Weights are [output channel][row][column][filter channel]; filter.channels is input.channels / groups. */
export interface Conv2dParameters extends ConvolutionParameters {
  readonly groups: number;
}

/** Call only on an op whose `check` found nothing. */
export function conv2dParameters(op: Op<'CONV_2D'>, graph: Graph): Conv2dParameters {
  const { batch: channels, ...filter } = imageOf(inputTensor(graph, op, 1))!;
  const parameters = convolutionParameters(op, graph, filter, channels);
  return { ...parameters, groups: parameters.input.channels / filter.channels };
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
