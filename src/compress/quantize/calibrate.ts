/** Runs the float graph over the calibration data, and decides the quantization of every activation. */
import type { Dataset } from '../../data/index.js';
import { CrimpError, type Diagnostic, error } from '../../diagnostics.js';
import type { Graph, Quantization } from '../../graph/graph.js';
import { createSimulator } from '../../simulator/simulator.js';
import type { CalibratorName } from './calibrators.js';
import { calibrators } from './calibrators.js';
import { addValues, createHistogram, type Histogram } from './histogram.js';
import { type ActivationType, activationQuantization, type Range, rangeOf } from './parameters.js';
import { quantizationRules } from './rules.js';
import { setSample } from './set_sample.js';

/** By tensor index; inputs of the graph and outputs of its ops. */
export type Histograms = ReadonlyMap<number, Histogram>;

/** @throws CrimpError `non-finite-activation`, naming every layer that gives NaN or infinity */
export function collect(graph: Graph, dataset: Dataset, onSample?: (done: number) => void): Histograms {
  const activations = [...graph.inputs, ...graph.ops.flatMap((op) => op.outputs)];
  const histograms = new Map(activations.map((t) => [t, createHistogram()]));
  const simulator = createSimulator(graph);
  for (let i = 0; i < dataset.count; i++) {
    setSample(simulator, graph, dataset, i);
    simulator.run();
    for (const [t, histogram] of histograms) addValues(histogram, simulator.memory[t] as Float32Array);
    onSample?.(i + 1);
  }
  const problems = activations.flatMap((t) => nonFinite(graph, t, histograms.get(t)!));
  if (problems.length > 0) throw new CrimpError(problems);
  return histograms;
}

function nonFinite(graph: Graph, tensor: number, { nonFinite: n }: Histogram): Diagnostic[] {
  if (n === 0) return [];
  const message = `${n} values of "${graph.tensors[tensor]!.name}" are NaN or overflow float32`;
  const hint = 'Look at the data and the weights: the float model itself fails on these samples.';
  const index = graph.ops.findIndex((op) => op.outputs.includes(tensor));
  const op = graph.ops[index];
  const where = op
    ? { op: { index, type: op.type, name: op.name } }
    : { tensor: { index: tensor, name: graph.tensors[tensor]!.name } };
  return [error('non-finite-activation', message, hint, where)];
}

/**
 * The parameters of every activation, and of constants that take part as one (an addend, a factor). Tensors that an op
 * binds together get the union of their ranges, or what is fixed for one of them.
 */
export function activationParameters(
  graph: Graph,
  histograms: Histograms,
  calibrator: CalibratorName,
  dtype: ActivationType,
): ReadonlyMap<number, Quantization> {
  const fixed = new Map<number, Quantization>();
  const group = graph.tensors.map((_, i) => i);
  for (const op of graph.ops) {
    const rule = quantizationRules[op.type]!;
    const output = op.outputs[0]!;
    if (rule.output) fixed.set(output, rule.output[dtype]);
    // An input of the graph or an output of an earlier op, whose own group is complete up to here.
    if (rule.sameAsInput) group[output] = group[op.inputs[0]!]!;
  }
  const members = new Map<number, number[]>();
  for (const t of histograms.keys()) members.set(group[t]!, [...(members.get(group[t]!) ?? []), t]);

  const parameters = new Map<number, Quantization>();
  for (const tensors of members.values()) {
    const given = tensors.map((t) => fixed.get(t)).find((q) => q !== undefined);
    const ranges = tensors.map((t) => calibrators[calibrator](histograms.get(t)!, dtype));
    const quantization = given ?? activationQuantization(union(ranges), dtype);
    for (const t of tensors) parameters.set(t, quantization);
  }
  for (const t of constantOperands(graph)) {
    const range = rangeOf(graph.tensors[t]!.data as Float32Array);
    parameters.set(t, activationQuantization(range, dtype));
  }
  return parameters;
}

function union(ranges: readonly Range[]): Range {
  return { min: Math.min(...ranges.map((r) => r.min)), max: Math.max(...ranges.map((r) => r.max)) };
}

/** Float constants that an op reads as it reads an activation. */
function constantOperands(graph: Graph): number[] {
  return graph.ops.flatMap((op) => {
    const operands = quantizationRules[op.type]!.weights === undefined ? op.inputs : op.inputs.slice(0, 1);
    return operands.filter((t) => graph.tensors[t]?.data instanceof Float32Array);
  });
}
