/**
 * What AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D share. TFLM: kernels/pooling_common.cc, reference/integer_ops/pooling.h,
 * reference/pooling.h. Padding never counts: a window is what of it lies inside the image.
 */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import {
  calculateActivationRange,
  calculateActivationRangeQuantized,
  type FusedActivation,
  float32Max,
  type Range,
} from '../numerics/activation_range.js';
import { activationFunctionWithMinMax } from '../numerics/rounding.js';
import {
  activationProblems,
  dtypeProblems,
  exportAgain,
  operandProblems,
  quantizationProblems,
  quantizeAgain,
  shapeProblems,
  typeRange,
} from './checks.js';
import {
  checkWindow,
  type Extent,
  type Image,
  imageOf,
  type Window,
  windowOutput,
  windowPadding,
} from './convolution.js';
import { type DTypeCombination, type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';
import { tapsInside } from './sliding_window.js';

export interface PoolAttributes extends Pick<Window, 'padding'> {
  readonly stride: Extent;
  readonly filter: Extent;
  readonly activation: FusedActivation;
}

export type PoolType = 'AVERAGE_POOL_2D' | 'MAX_POOL_2D' | 'L2_POOL_2D';

export interface PoolParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  readonly filter: Extent;
  readonly stride: Extent;
  readonly padding: { readonly top: number; readonly left: number };
  /** Clamp of the output, in quantized values (for float32: in real values). */
  readonly activation: Range;
}

const pooledTypes = sameDType('int8', 'int16', 'float32');

function windowOf(attributes: PoolAttributes): Window {
  return { ...attributes, dilation: { height: 1, width: 1 } };
}

/** Call only on an op whose `check` found nothing. */
export function poolParameters(op: Op<PoolType>, graph: Graph): PoolParameters {
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const dtype = input.dtype as PoolParameters['dtype'];
  const { batch, ...image } = imageOf(input)!;
  const { filter, stride, activation } = op.attributes;
  const window = windowOf(op.attributes);
  return {
    dtype,
    batch,
    input: image,
    output: { ...windowOutput(image, filter, window), channels: image.channels },
    filter,
    stride,
    padding: windowPadding(image, filter, window),
    activation:
      dtype === 'float32'
        ? calculateActivationRange(activation)
        : calculateActivationRangeQuantized(
            activation,
            scaleOf(output),
            zeroPointOf(output),
            typeRange(dtype),
          ),
  };
}

function infer(op: Op<PoolType>, graph: Graph): Shape[] {
  const { batch, channels, ...image } = imageOf(inputTensor(graph, op))!;
  const { height, width } = windowOutput(image, op.attributes.filter, windowOf(op.attributes));
  return [[batch, height, width, channels]];
}

function check(op: Op<PoolType>, graph: Graph, supports: readonly DTypeCombination[]): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 1, max: 1 });
  if (missing.length > 0) return missing;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  const problems = [...dtypeProblems(supports, [input], output), ...geometryProblems(op, graph)];
  if (problems.some((p) => p.code === 'op-dtypes')) return problems;
  // Plain integers pool as they are, as long as no activation needs their scale.
  const { min, max } = calculateActivationRange(op.attributes.activation);
  const plain = !input.quantization && !output.quantization && min === -float32Max && max === float32Max;
  if (input.dtype !== 'float32' && !plain) {
    const quantization = [...quantizationProblems('input', input), ...quantizationProblems('output', output)];
    problems.push(...quantization);
    if (quantization.length > 0) return problems;
    // In float32, as pooling_common.cc subtracts.
    const difference = Math.abs(Math.fround(scaleOf(input) - scaleOf(output)));
    if (difference > 1e-6 || zeroPointOf(input) !== zeroPointOf(output)) {
      const message =
        `has input scale ${scaleOf(input)}, zero point ${zeroPointOf(input)}, and output scale ` +
        `${scaleOf(output)}, zero point ${zeroPointOf(output)}; pooling does not rescale, they must agree`;
      problems.push({ code: 'quantization', message, hint: quantizeAgain });
    }
  }
  return [...problems, ...activationProblems(op.attributes.activation, output)];
}

function geometryProblems(op: Op<PoolType>, graph: Graph): OpProblem[] {
  const input = inputTensor(graph, op);
  const image = imageOf(input);
  if (!image) {
    const message = `takes an input of rank 4, has [${input.shape}]`;
    return [{ code: 'op-shape', message, hint: 'Add the batch and channel dimensions to the model.' }];
  }
  const { filter } = op.attributes;
  if (
    !(
      Number.isInteger(filter.height) &&
      Number.isInteger(filter.width) &&
      filter.height > 0 &&
      filter.width > 0
    )
  ) {
    const message = `has a window of ${filter.height} × ${filter.width}; both are at least 1`;
    return [{ code: 'op-attribute', message, hint: exportAgain }];
  }
  const problems = checkWindow(image, filter, windowOf(op.attributes));
  return problems.length > 0 ? problems : shapeProblems(infer(op, graph)[0]!, outputTensor(graph, op));
}

type PoolValues = Int8Array | Int16Array | Float32Array;

/** The value of one window: `rows` × `columns` elements of one channel, the first of them at `first` in the input. */
type PoolWindow = (first: number, rows: number, columns: number) => number;

/** A pooling operator. @param bind gives the function that computes a window before it is clamped */
export function poolDefinition<T extends PoolType>(
  type: T,
  bind: (p: PoolParameters, input: PoolValues) => PoolWindow,
  supports: readonly DTypeCombination[] = pooledTypes,
): OpDefinition<T> {
  return {
    type,
    supports,
    check: (op, graph) => check(op as Op<PoolType>, graph, supports),
    infer,
    macs: () => 0,
    simulate(op, graph, memory) {
      const p = poolParameters(op, graph);
      const [input, output] = [memory[op.inputs[0]!] as PoolValues, memory[op.outputs[0]!] as PoolValues];
      return poolStep(p, output, bind(p, input));
    },
  };
}

function poolStep(p: PoolParameters, output: PoolValues, window: PoolWindow): Step {
  const { height, width, channels } = p.input;
  const { rows, columns } = tapsInside(p);
  const { min, max } = p.activation;
  return () => {
    let o = 0;
    for (let b = 0; b < p.batch; b++) {
      for (let oy = 0; oy < p.output.height; oy++) {
        const y = b * height + rows.origin[oy]! + rows.begin[oy]!;
        const tall = rows.end[oy]! - rows.begin[oy]!;
        for (let ox = 0; ox < p.output.width; ox++) {
          const x = columns.origin[ox]! + columns.begin[ox]!;
          const wide = columns.end[ox]! - columns.begin[ox]!;
          const first = (y * width + x) * channels;
          for (let c = 0; c < channels; c++) {
            output[o++] = activationFunctionWithMinMax(window(first + c, tall, wide), min, max);
          }
        }
      }
    }
  };
}
