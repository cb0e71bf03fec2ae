/**
 * The forward pass of quantization-aware training: what the integer simulator computes of a batch, in place of what the float
 * graph does. Gradients go straight through the rounding (Bengio et al. 2013, "Estimating or Propagating Gradients Through
 * Stochastic Neurons"), and nowhere where a value is clipped.
 */
import type * as T from '@tensorflow/tfjs';
import { toReal } from '../../data/values.js';
import { elementCount, inputTensor, optionalInput } from '../../graph/access.js';
import type { Graph, Op, Quantization, Tensor } from '../../graph/graph.js';
import { typeRange } from '../../ops/checks.js';
import { soleWeightsOf } from '../../ops/quantization_rules.js';
import { createSimulator } from '../../simulator/simulator.js';
import type { Batch } from '../../train/batches.js';
import type { Transform } from '../../train/forward.js';
import type { TransformOf } from '../../train/options.js';
import type { Tf } from '../../train/tensorflow.js';
import { withConstants } from '../../train/variables.js';
import { convert, type Precision } from './convert.js';
import { setSample } from './set_sample.js';
import { dequantizeWeights, largestWeight, type WeightsType } from './weights.js';

/** What stands for a tensor of the float graph. */
interface Substitute {
  readonly values: Float32Array;
  /** Shape [samples, ...its own] or, of a constant, its own: 1 where the gradient passes, 0 where not; absent, all passes. */
  passes?(value: T.Tensor, tf: Tf): T.Tensor;
}

/**
 * For each batch the float graph with its present weights is converted as it would be for the device, and run.
 * @param float made by `prepare`
 * @param parameters of its activations
 */
export function simulatedForward(
  float: Graph,
  parameters: ReadonlyMap<number, Quantization>,
  precision: Precision,
): TransformOf {
  return (batch, weights): Transform => {
    // Integers know no NaN: a loss that is one tells the training.
    if (!finite(weights)) return (value, _, tf) => tf.mul(value, Number.NaN);
    const integer = convert(withConstants(float, weights), parameters, precision);
    const substitutes = new Map([
      ...constantsOf(float, integer, weights),
      ...activationsOf(float, integer, batch),
    ]);
    return (value, t, tf) => {
      const substitute = substitutes.get(t);
      return substitute ? straightThrough(tf, value, substitute) : value;
    };
  };
}

/** A sum in doubles of finite float32 values is finite. */
function finite(weights: ReadonlyMap<number, Float32Array>): boolean {
  let sum = 0;
  for (const values of weights.values()) for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}

/** Weights, biases, and constants that take part as activations. */
function constantsOf(
  float: Graph,
  integer: Graph,
  variables: ReadonlyMap<number, Float32Array>,
): Map<number, Substitute> {
  const substitutes = new Map<number, Substitute>();
  for (const t of variables.keys()) {
    const tensor = integer.tensors[t]!;
    if (tensor.quantization && tensor.data)
      substitutes.set(t, activationOf(tensor, toReal(tensor.data, tensor) as Float32Array));
  }
  float.ops.forEach((op, i) => {
    const rule = soleWeightsOf(op);
    const converted = integer.ops[i] as Op;
    if (!rule || converted.inputs[rule.weights] === op.inputs[rule.weights]) return;
    substitutes.set(op.inputs[rule.weights]!, weightsOf(inputTensor(integer, converted, rule.weights)));
    const bias = optionalInput(integer, converted, rule.bias!);
    if (bias) substitutes.set(op.inputs[rule.bias!]!, { values: biasOf(bias) });
  });
  return substitutes;
}

function weightsOf(tensor: Tensor): Substitute {
  const values = dequantizeWeights(tensor);
  if (tensor.dtype === 'int8') return { values };
  // Scales of int4 leave the largest weights outside.
  const { scale, axis } = tensor.quantization!;
  const edge = largestWeight[tensor.dtype as WeightsType] + 0.5;
  const aligned = tensor.shape.map((_, k) => (scale.length > 1 && k === axis ? scale.length : 1));
  const limits = scale.map((s) => edge * s);
  return { values, passes: (w, tf) => tf.lessEqual(tf.abs(w), tf.tensor(limits, aligned)) };
}

function biasOf({ data, quantization }: Tensor): Float32Array {
  const { scale } = quantization!;
  return Float32Array.from(
    data as ArrayLike<number | bigint>,
    (b, c) => Number(b) * scale[scale.length > 1 ? c : 0]!,
  );
}

/** Float inputs of the graph and outputs of its ops, of all samples one after the other. */
function activationsOf(float: Graph, integer: Graph, batch: Batch): Map<number, Substitute> {
  const touched = [...float.inputs, ...float.ops.flatMap((op) => op.outputs)];
  const indices = touched.filter((t) => float.tensors[t]!.dtype === 'float32');
  const simulator = createSimulator(integer);
  const found = indices.map((t) => new Float32Array(batch.count * elementCount(float.tensors[t]!.shape)));
  for (let i = 0; i < batch.count; i++) {
    setSample(simulator, integer, batch, i);
    simulator.run();
    indices.forEach((t, k) => {
      const values = simulator.memory[t] as Int8Array;
      found[k]!.set(values, i * values.length);
    });
  }
  return new Map(
    indices.map((t, k) => {
      const { quantization } = integer.tensors[t]!;
      const values = found[k]!;
      if (!quantization) return [t, { values }];
      const [s, z] = [quantization.scale[0]!, quantization.zeroPoint[0]!];
      for (let i = 0; i < values.length; i++) values[i] = s * (values[i]! - z);
      return [t, activationOf(integer.tensors[t]!, values)];
    }),
  );
}

/** Up to half a step beyond the range a value is rounded like any other. */
function activationOf({ dtype, quantization }: Tensor, values: Float32Array): Substitute {
  const [scale, zeroPoint] = [quantization!.scale[0]!, quantization!.zeroPoint[0]!];
  const { min, max } = typeRange(dtype);
  const [low, high] = [min - 0.5, max + 0.5].map((q) => scale * (q - zeroPoint)) as [number, number];
  return {
    values,
    passes: (x, tf) => tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)),
  };
}

function straightThrough(tf: Tf, x: T.Tensor, { values, passes }: Substitute): T.Tensor {
  const substitute = tf.customGrad((...args) => {
    const [given, save] = args as unknown as [T.Tensor, T.GradSaveFunc];
    save([given]);
    const gradFunc = (dy: T.Tensor, saved: T.Tensor[]) =>
      passes ? tf.mul(dy, tf.cast(passes(saved[0]!, tf), 'float32')) : dy;
    return { value: tf.tensor(values, x.shape), gradFunc };
  });
  return substitute(x);
}
