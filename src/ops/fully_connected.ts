/**
 * FULLY_CONNECTED: weights [output][input], per-tensor or per output. TFLM: kernels/fully_connected.cc,
 * reference/integer_ops/fully_connected.h, reference/fully_connected.h.
 */
import { elementCount, inputTensor, optionalInput, outputTensor, scaleOf } from '../graph/access.js';
import type { Graph, Op, Tensor } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { quantizeMultiplier, quantizeMultipliers } from '../numerics/quantize_multiplier.js';
import type { Conv2dParameters } from './conv_2d.js';
import { conv2dStep } from './conv_2d_step.js';
import { accumulatorOf, offsetsAndRange, type WeightedParameters } from './convolution.js';
import type { OpDefinition, OpProblem } from './op.js';
import { checkWeighted, weightedCombinations, weightedTensors } from './weights_check.js';

export interface FullyConnectedAttributes {
  readonly activation: FusedActivation;
  /** The output keeps the input's leading dimensions; else it is [batch, outputs]. Its declared shape decides. */
  readonly keepNumDims: boolean;
  readonly weightsFormat: 'DEFAULT' | 'SHUFFLED4x16INT8';
  /** Only for int16 without bias: int32 asks for the 32-bit accumulator. */
  readonly quantizedBiasType?: 'int32' | 'int64' | 'float32';
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    FULLY_CONNECTED: FullyConnectedAttributes;
  }
}

/** Weights are [output][input]; there is one multiplier for all outputs unless `perChannel`. */
export interface FullyConnectedParameters extends WeightedParameters {
  /** Rows of the input: [batch][inputs] → [batch][outputs]. */
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly perChannel: boolean;
}

/** Rows and columns of the weights; leading dimensions of 1 are allowed. */
function matrixOf(weights: Tensor): { readonly outputs: number; readonly inputs: number } | undefined {
  const [outputs, inputs] = weights.shape.slice(-2);
  if (!outputs || !inputs || elementCount(weights.shape) !== outputs * inputs) return undefined;
  return { outputs, inputs };
}

/** The per-tensor multiplier: TFLM forms the product of the scales in float32 (kernel_util.cc). */
function perTensorMultiplier(input: Tensor, weights: Tensor, output: Tensor): number {
  return Math.fround(scaleOf(input) * scaleOf(weights)) / scaleOf(output);
}

function multipliers(input: Tensor, weights: Tensor, output: Tensor, outputs: number) {
  if (input.dtype === 'float32') return { multiplier: new Int32Array(0), shift: new Int32Array(0) };
  const scales = weights.quantization!.scale;
  if (scales.length > 1) return quantizeMultipliers(scaleOf(input), scales, scaleOf(output), outputs);
  const { multiplier, shift } = quantizeMultiplier(perTensorMultiplier(input, weights, output));
  return { multiplier: Int32Array.of(multiplier), shift: Int32Array.of(shift) };
}

/** Call only on an op whose `check` found nothing. */
export function fullyConnectedParameters(op: Op<'FULLY_CONNECTED'>, graph: Graph): FullyConnectedParameters {
  const [input, weights, output] = [
    inputTensor(graph, op, 0),
    inputTensor(graph, op, 1),
    outputTensor(graph, op),
  ];
  const { outputs, inputs } = matrixOf(weights)!;
  return {
    dtype: input.dtype as FullyConnectedParameters['dtype'],
    batch: elementCount(input.shape) / inputs,
    inputs,
    outputs,
    ...offsetsAndRange(input, output, op.attributes.activation),
    ...multipliers(input, weights, output, outputs),
    perChannel: input.dtype !== 'float32' && weights.quantization!.scale.length > 1,
    weights: weights.data!,
    weightsDtype: weights.dtype as FullyConnectedParameters['weightsDtype'],
    bias: optionalInput(graph, op, 2)?.data,
    accumulator: accumulatorOf(op, graph, input),
  };
}

/** The same arithmetic as a 1×1 convolution over an image of `batch` pixels. */
export function asConvolution(p: FullyConnectedParameters): Conv2dParameters {
  const pixels = { height: 1, width: p.batch };
  const one = { height: 1, width: 1 };
  const spread = (values: Int32Array) =>
    values.length === 1 ? new Int32Array(p.outputs).fill(values[0]!) : values;
  return {
    ...p,
    batch: 1,
    input: { ...pixels, channels: p.inputs },
    output: { ...pixels, channels: p.outputs },
    filter: { ...one, channels: p.inputs },
    groups: 1,
    stride: one,
    dilation: one,
    padding: { top: 0, left: 0 },
    multiplier: spread(p.multiplier),
    shift: spread(p.shift),
  };
}

function check(op: Op<'FULLY_CONNECTED'>, graph: Graph): OpProblem[] {
  const tensors = weightedTensors(op, graph);
  if (Array.isArray(tensors)) return tensors;
  const { input, weights, bias, output } = tensors;
  const matrix = matrixOf(weights);
  if (!matrix) {
    const message = `takes weights [outputs, inputs], has [${weights.shape}]`;
    return [{ code: 'op-shape', message, hint: 'The file is damaged: export the model again.' }];
  }
  const problems: OpProblem[] = [];
  const elements = elementCount(input.shape);
  if (elements === 0 || elements % matrix.inputs !== 0) {
    const message = `cannot split its input [${input.shape}] into rows of ${matrix.inputs}`;
    problems.push({ code: 'op-shape', message, hint: 'The file is damaged: export the model again.' });
  }
  if (op.attributes.weightsFormat !== 'DEFAULT') {
    const message = `stores its weights as ${op.attributes.weightsFormat}`;
    problems.push({ code: 'op-attribute', message, hint: 'Export the model with default weights.' });
  }
  problems.push(
    ...checkWeighted(tensors, {
      channels: matrix.outputs,
      axis: weights.shape.length - 2,
      activation: op.attributes.activation,
      int16Bias: ['int32', 'int64'],
      accumulator: accumulatorOf(op, graph, input),
      multiplier: (c) => {
        const scale = weights.quantization!.scale;
        return scale.length > 1
          ? (scaleOf(input) * scale[c]!) / scaleOf(output)
          : perTensorMultiplier(input, weights, output);
      },
    }),
  );
  if (problems.length > 0 || input.dtype === 'float32') return problems;

  const scales = weights.quantization!.scale.length;
  if (weights.dtype === 'int4' && scales > 1) {
    const message = 'has int4 weights with a scale for each output, which TFLite Micro refuses';
    problems.push({ code: 'quantization', message, hint: 'Use one scale, or int8 weights.' });
  }
  // kernel_util.cc, GetQuantizedConvolutionMultipler: a bias of another scale would be added as it stands.
  const difference = bias ? Math.abs(scaleOf(input) * scaleOf(weights) - scaleOf(bias)) / scaleOf(output) : 0;
  if (scales === 1 && !(difference <= 0.02)) {
    const message = `has a bias scaled by ${scaleOf(bias!)}, not by input scale × weight scale = ${scaleOf(input) * scaleOf(weights)}`;
    problems.push({ code: 'quantization', message, hint: 'Quantize the model again.' });
  }
  return problems;
}

export const fullyConnected: OpDefinition<'FULLY_CONNECTED'> = {
  type: 'FULLY_CONNECTED',
  supports: weightedCombinations,
  check,
  infer(op, graph) {
    const input = inputTensor(graph, op, 0).shape;
    const declared = outputTensor(graph, op).shape;
    const { outputs, inputs } = matrixOf(inputTensor(graph, op, 1))!;
    const rows = elementCount(input) / inputs;
    // TFLM reads neither keepNumDims nor the input's shape: rows are rows, however the output groups them.
    if (declared.at(-1) === outputs && elementCount(declared) === rows * outputs) return [declared];
    const kept = op.attributes.keepNumDims && input.at(-1) === inputs;
    return [kept ? [...input.slice(0, -1), outputs] : [rows, outputs]];
  },
  macs(op, graph) {
    return elementCount(outputTensor(graph, op).shape) * (inputTensor(graph, op, 1).shape.at(-1) ?? 1);
  },
  simulate(op, graph, memory) {
    const parameters = asConvolution(fullyConnectedParameters(op, graph));
    return conv2dStep(parameters, memory[op.inputs[0]!]!, memory[op.outputs[0]!]!);
  },
};
