/**
 * TRANSPOSE_CONV: every input pixel adds the filter, times its value, to the output, `stride` pixels further each time.
 * Weights OHWI, per-tensor or per output channel. How large the output is only its declared shape says; TFLM does not
 * read the first operand. Sums of int16 have 64 bits, and so have their biases, or 16. TFLM: kernels/transpose_conv.cc,
 * reference/integer_ops/transpose_conv.h, reference/transpose_conv.h.
 */
import { elementCount, inputTensor, optionalInput, outputTensor, scaleOf } from '../graph/access.js';
import type { Graph, Op, TensorData } from '../graph/graph.js';
import type { FusedActivation } from '../numerics/activation_range.js';
import { multiplyByQuantizedMultiplier, multiplyByQuantizedMultiplier64 } from '../numerics/fixed_point.js';
import { computeOutSize, computePadding, type Padding } from '../numerics/padding.js';
import { quantizeMultipliers } from '../numerics/quantize_multiplier.js';
import { activationFunctionWithMinMax, clamp } from '../numerics/rounding.js';
import { exportAgain, operandProblems, quantizeAgain } from './checks.js';
import {
  type Accumulator,
  type Extent,
  exactBias,
  type Image,
  imageOf,
  offsetsAndRange,
  type WeightedParameters,
} from './convolution.js';
import type { OpDefinition, OpProblem, Step } from './op.js';
import { checkWeighted, weightedCombinations } from './weights_check.js';

export interface TransposeConvAttributes {
  readonly padding: Padding;
  readonly stride: Extent;
  readonly activation: FusedActivation;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    TRANSPOSE_CONV: TransposeConvAttributes;
  }
}

/** Weights are [output channel][row][column][input channel]. */
export interface TransposeConvParameters extends WeightedParameters {
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  readonly filter: Extent;
  readonly stride: Extent;
  /** Rows and columns of the sums before the output's first. */
  readonly padding: { readonly top: number; readonly left: number };
}

const supports = weightedCombinations.filter((c) => c.weights !== 'int4');

function operandsOf(op: Op<'TRANSPOSE_CONV'>, graph: Graph) {
  return {
    weights: inputTensor(graph, op, 1),
    input: inputTensor(graph, op, 2),
    bias: optionalInput(graph, op, 3),
    output: outputTensor(graph, op),
  };
}

function accumulatorOf(dtype: string): Accumulator {
  return dtype === 'int16' ? 'int64' : dtype === 'float32' ? 'float32' : 'int32';
}

/** Computed as of a convolution from the output back to the input. */
function paddingBefore(padding: Padding, stride: number, output: number, filter: number): number {
  return computePadding(stride, 1, output, filter, computeOutSize(padding, output, filter, stride, 1));
}

/** int16 biases are widened. */
function widened(bias: TensorData | undefined): TensorData | undefined {
  return bias instanceof Int16Array ? BigInt64Array.from(bias, BigInt) : bias;
}

/** Call only on an op whose `check` found nothing. */
export function transposeConvParameters(op: Op<'TRANSPOSE_CONV'>, graph: Graph): TransposeConvParameters {
  const { input, weights, bias, output } = operandsOf(op, graph);
  const { batch, ...image } = imageOf(input)!;
  const { batch: _, ...result } = imageOf(output)!;
  const { batch: channels, height, width } = imageOf(weights)!;
  const { padding, stride, activation } = op.attributes;
  const scales = input.dtype === 'float32' ? new Float32Array(0) : weights.quantization!.scale;
  return {
    dtype: input.dtype as TransposeConvParameters['dtype'],
    batch,
    input: image,
    output: result,
    filter: { height, width },
    stride,
    padding: {
      top: paddingBefore(padding, stride.height, result.height, height),
      left: paddingBefore(padding, stride.width, result.width, width),
    },
    ...offsetsAndRange(input, output, activation),
    ...quantizeMultipliers(scaleOf(input), scales, scaleOf(output), scales.length === 0 ? 0 : channels),
    weights: weights.data!,
    weightsDtype: weights.dtype as TransposeConvParameters['weightsDtype'],
    bias: widened(bias?.data),
    accumulator: accumulatorOf(input.dtype),
  };
}

function check(op: Op<'TRANSPOSE_CONV'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 3, max: 4 });
  if (missing.length > 0) return missing;
  const tensors = operandsOf(op, graph);
  const { input, weights, output } = tensors;
  const [image, filter, result] = [imageOf(input), imageOf(weights), imageOf(output)];
  if (!image || !filter || !result) {
    const message = `takes input, weights and output of rank 4, has [${input.shape}], [${weights.shape}] and [${output.shape}]`;
    return [{ code: 'op-shape', message, hint: 'Add the batch and channel dimensions to the model.' }];
  }
  const problems = attributeProblems(op);
  if (
    image.batch !== result.batch ||
    image.channels !== filter.channels ||
    filter.batch !== result.channels
  ) {
    const message = `cannot make [${output.shape}] of [${input.shape}] with weights [${weights.shape}]`;
    problems.push({ code: 'op-shape', message, hint: exportAgain });
  }
  if (weights.dtype === 'int4') {
    const message = 'has int4 weights, which TFLM has no kernel for';
    return [...problems, { code: 'op-dtypes', message, hint: quantizeAgain }];
  }
  const { scale } = weights.quantization ?? { scale: new Float32Array(0) };
  return [
    ...problems,
    ...checkWeighted(tensors, {
      channels: filter.batch,
      axis: 0,
      activation: op.attributes.activation,
      int16Bias: ['int16', 'int64'],
      accumulator: accumulatorOf(input.dtype),
      multiplier: (c) => (scaleOf(input) * scale[scale.length > 1 ? c : 0]!) / scaleOf(output),
    }),
  ];
}

function attributeProblems({ attributes }: Op<'TRANSPOSE_CONV'>): OpProblem[] {
  const { padding, stride } = attributes;
  const problems: OpProblem[] = [];
  if (padding !== 'SAME' && padding !== 'VALID') {
    problems.push({ code: 'op-attribute', message: `has the unknown padding ${padding}`, hint: exportAgain });
  }
  if (![stride.height, stride.width].every((s) => Number.isInteger(s) && s > 0)) {
    const message = `has stride ${stride.height} × ${stride.width}; both are at least 1`;
    problems.push({ code: 'op-attribute', message, hint: exportAgain });
  }
  return problems;
}

type Values = Int8Array | Int16Array | Float32Array;

/** Input rows (columns) whose filter reaches output row (column) o: first .. last. */
function reaching(o: number, padding: number, stride: number, filter: number, size: number) {
  const first = Math.max(0, Math.ceil((o + padding - filter + 1) / stride));
  return { first, last: Math.min(size - 1, Math.floor((o + padding) / stride)) };
}

/** Each output from the inputs that reach it, in their order, which is the order in which TFLM adds them to it. */
function simulate(p: TransposeConvParameters, input: Values, output: Values): Step {
  const { batch, input: from, output: to, filter, stride, padding, inputOffset } = p;
  const weights = p.weights as Int8Array;
  const rows = Array.from({ length: to.height }, (_, y) =>
    reaching(y, padding.top, stride.height, filter.height, from.height),
  );
  const columns = Array.from({ length: to.width }, (_, x) =>
    reaching(x, padding.left, stride.width, filter.width, from.width),
  );
  const isFloat = p.dtype === 'float32';
  const finish = finisher(p);
  return () => {
    for (let b = 0, o = 0; b < batch; b++) {
      for (let y = 0; y < to.height; y++) {
        for (let x = 0; x < to.width; x++) {
          for (let channel = 0; channel < to.channels; channel++) {
            let sum = 0;
            for (let iy = rows[y]!.first; iy <= rows[y]!.last; iy++) {
              const ky = y + padding.top - iy * stride.height;
              for (let ix = columns[x]!.first; ix <= columns[x]!.last; ix++) {
                const kx = x + padding.left - ix * stride.width;
                let i = ((b * from.height + iy) * from.width + ix) * from.channels;
                let w = ((channel * filter.height + ky) * filter.width + kx) * from.channels;
                for (let c = 0; c < from.channels; c++, i++, w++) {
                  sum = isFloat
                    ? Math.fround(sum + Math.fround(input[i]! * weights[w]!))
                    : sum + (input[i]! + inputOffset) * weights[w]!;
                }
              }
            }
            output[o++] = finish(sum, channel);
          }
        }
      }
    }
  };
}

function finisher(p: TransposeConvParameters): (sum: number, channel: number) => number {
  const { min, max } = p.activation;
  const { multiplier, shift, outputOffset } = p;
  const bias = exactBias(p.bias, p.output.channels);
  switch (p.accumulator) {
    case 'float32':
      return (sum, c) => activationFunctionWithMinMax(p.bias ? Math.fround(sum + bias[c]!) : sum, min, max);
    case 'int64':
      return (sum, c) =>
        clamp(multiplyByQuantizedMultiplier64(sum + bias[c]!, multiplier[c]!, shift[c]!), min, max);
    case 'int32':
      return (sum, c) => {
        const scaled = multiplyByQuantizedMultiplier((sum + bias[c]!) | 0, multiplier[c]!, shift[c]!);
        return clamp((scaled + outputOffset) | 0, min, max);
      };
  }
}

export const transposeConv: OpDefinition<'TRANSPOSE_CONV'> = {
  type: 'TRANSPOSE_CONV',
  supports,
  data: 2,
  check,
  infer: (op, graph) => [outputTensor(graph, op).shape],
  macs(op, graph) {
    const { input, weights } = operandsOf(op, graph);
    return (elementCount(input.shape) * elementCount(weights.shape)) / (input.shape[3] ?? 1);
  },
  simulate(op, graph, memory) {
    const [input, output] = [memory[op.inputs[2]!] as Values, memory[op.outputs[0]!] as Values];
    return simulate(transposeConvParameters(op, graph), input, output);
  },
};
