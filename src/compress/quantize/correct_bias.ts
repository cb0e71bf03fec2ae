/**
 * Bias correction (Nagel et al. 2019, section 4.2, with data): quantized weights and inputs shift the mean of a layer's
 * sums; the shift of each channel, measured on calibration data before the activation, goes into its bias.
 */
import { inputTensor, optionalInput } from '../../graph/access.js';
import { perChannel } from '../../graph/build.js';
import type { AnyOp, Graph, Op, Tensor } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { soleWeightsOf } from '../../ops/quantization_rules.js';
import { type Activations, type Refinement, runAlone } from './refine.js';
import { dequantizeWeights, integers, largestBias } from './weights.js';

export const correctBias: Refinement = ({ float, quantized, index, real, found }) => {
  const op = quantized.ops[index]!;
  const wanted = meanSums(float, float.ops[index]!, real);
  const given = meanSums(asReal(quantized, op), op, found);
  return withBias(
    quantized,
    op,
    wanted.map((mean, c) => mean - given[c]!),
  );
};

/** Of each channel, the mean over samples and places before the activation. */
function meanSums(graph: Graph, op: AnyOp, values: Activations): Float64Array {
  const linear = { ...op, attributes: { ...op.attributes, activation: 'NONE' } } as AnyOp;
  const channels = graph.tensors[op.outputs[0]!]!.shape.at(-1)!;
  const sums = new Float64Array(channels);
  let places = 0;
  runAlone(graph, linear, values, ([output]) => {
    places += output!.length / channels;
    (output! as Float32Array).forEach((v, j) => {
      sums[j % channels]! += v;
    });
  });
  return sums.map((sum) => sum / places);
}

/** Tensors of a layer with one kind of weights; −1 for an absent bias. */
function operandsOf(op: AnyOp): { readonly input: number; readonly weights: number; readonly bias: number } {
  const { input, weights, bias } = soleWeightsOf(op)!;
  return { input: op.inputs[input]!, weights: op.inputs[weights]!, bias: op.inputs[bias!] ?? -1 };
}

/** The graph with the tensors of one weighted op as the real values that they stand for. */
function asReal(graph: Graph, op: AnyOp): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const real = (t: number, data?: Float32Array) => {
    const { name, shape } = tensors[t]!;
    tensors[t] = { name, shape, dtype: 'float32', ...(data && { data }) };
  };
  const { input, weights, bias } = operandsOf(op);
  real(input);
  real(weights, dequantizeWeights(tensors[weights]!));
  if (bias >= 0) real(bias, dequantizeBias(tensors[bias]!));
  real(op.outputs[0]!);
  return { ...graph, tensors };
}

function dequantizeBias({ data, quantization }: Tensor): Float32Array {
  const { scale } = quantization!;
  return Float32Array.from(
    data as ArrayLike<number | bigint>,
    (q, c) => Number(q) * scale[scale.length > 1 ? c : 0]!,
  );
}

/** Adds real values to the bias of the op, which gets one if it has none. */
function withBias(graph: Graph, op: AnyOp, shift: Float64Array): Graph {
  const rule = soleWeightsOf(op)!;
  const [input, weights] = [
    inputTensor(graph, op as Op, rule.input),
    inputTensor(graph, op as Op, rule.weights),
  ];
  const old = optionalInput(graph, op as Op, rule.bias!);
  const scale = weights.quantization!.scale.map((s) => s * input.quantization!.scale[0]!);
  const dtype = input.dtype === 'int16' ? 'int64' : 'int32';
  const limit = largestBias[dtype];
  const values = shift.map((v, c) => {
    const q = Number(old?.data?.[c] ?? 0) + tfLiteRound(v / scale[scale.length > 1 ? c : 0]!);
    return clamp(q, -limit, limit);
  });
  const bias: Tensor = {
    name: old?.name ?? `${op.name}_bias`,
    shape: old?.shape ?? [shift.length],
    dtype,
    quantization: perChannel(scale, 0),
    data: integers(values, dtype),
  };
  const inputs = [...op.inputs];
  inputs[rule.bias!] = graph.tensors.length;
  const ops = graph.ops.map((o) => (o === op ? ({ ...op, inputs } as AnyOp) : o));
  return { ...graph, tensors: [...graph.tensors, bias], ops };
}
