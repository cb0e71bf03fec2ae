/**
 * Goes through a quantized graph layer by layer, with what the calibration data give in both graphs up to there, and lets
 * each layer with weights be improved before the next one is looked at.
 */
import type { Dataset } from '../../data/index.js';
import { toReal } from '../../data/values.js';
import { isState } from '../../graph/access.js';
import type { AnyOp, Graph, TensorData } from '../../graph/graph.js';
import { soleWeightsOf } from '../../ops/quantization_rules.js';
import { createSimulator } from '../../simulator/simulator.js';
import { isStream, setSample } from './set_sample.js';

/** By tensor index, then by sample. */
export type Activations = Map<number, TensorData[]>;

export interface LayerState {
  readonly float: Graph;
  /** All layers before this one are final. The activations of both graphs have the same indices. */
  readonly quantized: Graph;
  /** Of the op in both graphs. */
  readonly index: number;
  /** What the float op reads. */
  readonly real: Activations;
  /** The real values of what the quantized op reads, under the same index. */
  readonly found: Activations;
}

/** @returns the quantized graph with another layer in the layer's place */
export type Refinement = (layer: LayerState) => Graph;

/** What is estimated from the data gains little from more samples; these are spread evenly over them. */
const maxSamples = 256;

/** @param quantized by `convert` */
export function refine(
  float: Graph,
  quantized: Graph,
  dataset: Dataset,
  refinements: readonly Refinement[],
  onLayer?: (done: number, total: number) => void,
): Graph {
  const streaming = isStream(float);
  const real = streaming ? new Map() : inputsOf(float, dataset);
  const integer = streaming ? new Map() : inputsOf(quantized, dataset);
  let current = quantized;
  float.ops.forEach((op, index) => {
    const rule = soleWeightsOf(op);
    if (rule && current.ops[index]!.inputs[rule.weights] !== op.inputs[rule.weights]) {
      const input = op.inputs[rule.input]!;
      if (streaming) {
        real.set(input, throughStream(float, dataset, input));
        integer.set(input, throughStream(current, dataset, input));
      }
      const found = inReal(quantized, input, integer);
      for (const step of refinements) current = step({ float, quantized: current, index, real, found });
    }
    if (!streaming) {
      advance(float, index, real);
      advance(current, index, integer);
    }
    onLayer?.(index + 1, float.ops.length);
  });
  return current;
}

/** What a tensor holds behind each of the first samples: of a stream none can be left out, nor an op be run alone. */
function throughStream(graph: Graph, dataset: Dataset, tensor: number): TensorData[] {
  const simulator = createSimulator(graph);
  return Array.from({ length: Math.min(dataset.count, maxSamples) }, (_, i) => {
    setSample(simulator, graph, dataset, i);
    simulator.run();
    return simulator.memory[tensor]!.slice();
  });
}

function inputsOf(graph: Graph, dataset: Dataset): Activations {
  const count = Math.min(dataset.count, maxSamples);
  const simulator = createSimulator({ ...graph, ops: [] });
  const values: Activations = new Map(graph.inputs.map((t) => [t, []]));
  for (let k = 0; k < count; k++) {
    setSample(simulator, graph, dataset, Math.floor((k * dataset.count) / count));
    for (const t of graph.inputs) values.get(t)!.push(simulator.memory[t]!.slice());
  }
  return values;
}

function inReal(graph: Graph, tensor: number, values: Activations): Activations {
  return new Map([[tensor, values.get(tensor)!.map((data) => toReal(data, graph.tensors[tensor]!))]]);
}

/** Runs one op on every sample. */
export function runAlone(
  graph: Graph,
  op: AnyOp,
  values: Activations,
  onOutputs: (outputs: readonly TensorData[]) => void,
): void {
  const { name, tensors } = graph;
  const streaming = isStream(graph);
  const origin = [...new Set([...op.inputs, ...op.outputs])].filter((t) => t >= 0);
  const own = (list: readonly number[]) => list.map((t) => origin.indexOf(t));
  const layer = { ...op, inputs: own(op.inputs), outputs: own(op.outputs) } as AnyOp;
  const parts = origin.map((t) => tensors[t]!);
  const inputs = layer.inputs.filter((t) => t >= 0 && !parts[t]!.data && !isState(parts[t]!));
  const simulator = createSimulator({ name, tensors: parts, ops: [layer], inputs, outputs: layer.outputs });
  const samples = Math.max(0, ...[...values.values()].map((list) => list.length));
  for (let k = 0; k < samples; k++) {
    if (!streaming) simulator.reset();
    for (const t of inputs) simulator.memory[t]!.set(values.get(origin[t]!)![k] as never);
    simulator.run();
    onOutputs(layer.outputs.map((t) => simulator.memory[t]!));
  }
}

/** Adds the outputs of op i, and drops what no later op reads. */
function advance(graph: Graph, i: number, values: Activations): void {
  const op = graph.ops[i]!;
  const samples: TensorData[][] = op.outputs.map(() => []);
  runAlone(graph, op, values, (outputs) =>
    outputs.forEach((output, o) => void samples[o]!.push(output.slice())),
  );
  op.outputs.forEach((t, o) => void values.set(t, samples[o]!));
  const needed = new Set(graph.ops.slice(i + 1).flatMap((op) => op.inputs));
  for (const t of values.keys()) if (!needed.has(t)) values.delete(t);
}
