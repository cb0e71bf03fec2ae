/**
 * Bias correction (Nagel et al. 2019, section 4.2, with data): quantized weights and inputs shift the mean of a layer's
 * sums; the shift of each channel, measured on calibration data before the activation, goes into its bias. Layer
 * by layer, so that each one is measured with all earlier ones corrected.
 */
import type { Dataset } from '../../data/index.js';
import { toReal } from '../../data/values.js';
import { inputTensor, optionalInput } from '../../graph/access.js';
import { perChannel } from '../../graph/build.js';
import type { AnyOp, Graph, Op, Tensor, TensorData } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { createSimulator } from '../../simulator/simulator.js';
import { type Fill, setQuantizedSample, setSample } from './set_sample.js';
import { dequantizeWeights, integers, largestBias } from './weights.js';

/** A mean gains little from more; spread evenly over the data. */
const maxSamples = 256;

/** By tensor index, then by sample. */
type Activations = Map<number, TensorData[]>;

/** @param quantized by `convert`: the activations of both graphs have the same indices */
export function correctBias(
  float: Graph,
  quantized: Graph,
  dataset: Dataset,
  onLayer?: (done: number, total: number) => void,
): Graph {
  const real = inputsOf(float, dataset, setSample);
  const integer = inputsOf(quantized, dataset, setQuantizedSample);
  let corrected = quantized;
  float.ops.forEach((op, i) => {
    if (isWeighted(op)) {
      const wanted = meanSums(float, op, real);
      const found = meanSums(
        asReal(corrected, corrected.ops[i]!),
        corrected.ops[i]!,
        inReal(corrected, i, integer),
      );
      corrected = withBias(
        corrected,
        i,
        wanted.map((mean, c) => mean - found[c]!),
      );
    }
    advance(float, i, real);
    advance(corrected, i, integer);
    onLayer?.(i + 1, float.ops.length);
  });
  return corrected;
}

type Weighted = AnyOp & (Op<'CONV_2D'> | Op<'DEPTHWISE_CONV_2D'> | Op<'FULLY_CONNECTED'>);

function isWeighted({ type }: AnyOp): boolean {
  return type === 'CONV_2D' || type === 'DEPTHWISE_CONV_2D' || type === 'FULLY_CONNECTED';
}

function inputsOf(graph: Graph, dataset: Dataset, fill: Fill): Activations {
  const count = Math.min(dataset.count, maxSamples);
  const simulator = createSimulator({ ...graph, ops: [] });
  const values: Activations = new Map(graph.inputs.map((t) => [t, []]));
  for (let k = 0; k < count; k++) {
    fill(simulator, graph, dataset, Math.floor((k * dataset.count) / count));
    for (const t of graph.inputs) values.get(t)!.push(simulator.memory[t]!.slice());
  }
  return values;
}

/** Runs one op on every sample. */
function runAlone(
  { name, tensors }: Graph,
  op: AnyOp,
  values: Activations,
  onOutput: (output: TensorData) => void,
): void {
  const origin = [...new Set([...op.inputs, ...op.outputs])].filter((t) => t >= 0);
  const own = (list: readonly number[]) => list.map((t) => origin.indexOf(t));
  const layer = { ...op, inputs: own(op.inputs), outputs: own(op.outputs) } as AnyOp;
  const inputs = layer.inputs.filter((t) => t >= 0 && !tensors[origin[t]!]!.data);
  const parts = origin.map((t) => tensors[t]!);
  const simulator = createSimulator({ name, tensors: parts, ops: [layer], inputs, outputs: layer.outputs });
  const samples = Math.max(0, ...[...values.values()].map((list) => list.length));
  for (let k = 0; k < samples; k++) {
    for (const t of inputs) simulator.memory[t]!.set(values.get(origin[t]!)![k] as never);
    simulator.run();
    onOutput(simulator.memory[layer.outputs[0]!]!);
  }
}

/** Adds the outputs of op i, and drops what no later op reads. */
function advance(graph: Graph, i: number, values: Activations): void {
  const outputs: TensorData[] = [];
  runAlone(graph, graph.ops[i]!, values, (output) => outputs.push(output.slice()));
  values.set(graph.ops[i]!.outputs[0]!, outputs);
  const needed = new Set(graph.ops.slice(i + 1).flatMap((op) => op.inputs));
  for (const t of values.keys()) if (!needed.has(t)) values.delete(t);
}

/** Of each channel, the mean over samples and places before the activation. */
function meanSums(graph: Graph, op: AnyOp, values: Activations): Float64Array {
  const linear = { ...op, attributes: { ...op.attributes, activation: 'NONE' } } as AnyOp;
  const channels = graph.tensors[op.outputs[0]!]!.shape.at(-1)!;
  const sums = new Float64Array(channels);
  let places = 0;
  runAlone(graph, linear, values, (output) => {
    places += output.length / channels;
    (output as Float32Array).forEach((v, j) => {
      sums[j % channels]! += v;
    });
  });
  return sums.map((sum) => sum / places);
}

/** The graph with the tensors of one weighted op as the real values that they stand for. */
function asReal(graph: Graph, op: AnyOp): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const real = (t: number, data?: Float32Array) => {
    const { name, shape } = tensors[t]!;
    tensors[t] = { name, shape, dtype: 'float32', ...(data && { data }) };
  };
  const [input, weights, bias] = op.inputs;
  real(input!);
  real(weights!, dequantizeWeights(tensors[weights!]!));
  if (bias !== undefined) real(bias, dequantizeBias(tensors[bias]!));
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

/** The first input of op i, as real values. */
function inReal(graph: Graph, i: number, values: Activations): Activations {
  const input = graph.ops[i]!.inputs[0]!;
  return new Map([[input, values.get(input)!.map((data) => toReal(data, graph.tensors[input]!))]]);
}

/** Adds real values to the bias of op i, which gets one if it has none. */
function withBias(graph: Graph, i: number, shift: Float64Array): Graph {
  const op = graph.ops[i] as Weighted;
  const [input, weights] = [inputTensor(graph, op as Op, 0), inputTensor(graph, op as Op, 1)];
  const old = optionalInput(graph, op as Op, 2);
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
  const inputs = [op.inputs[0]!, op.inputs[1]!, graph.tensors.length];
  const ops = graph.ops.map((o) => (o === op ? ({ ...op, inputs } as AnyOp) : o));
  return { ...graph, tensors: [...graph.tensors, bias], ops };
}
