/** Runs the float graph over the calibration data, and decides the quantization of every activation. */
import type { Dataset } from '../../data/index.js';
import { CrimpError, type Diagnostic, error, throwIfErrors } from '../../diagnostics.js';
import { isState, writtenBy } from '../../graph/access.js';
import type { AnyOp, Graph, Quantization } from '../../graph/graph.js';
import { typeRange } from '../../ops/checks.js';
import { activationsOf, quantizationRules } from '../../ops/quantization_rules.js';
import { createSimulator } from '../../simulator/simulator.js';
import { unionFind } from '../union_find.js';
import type { CalibratorName } from './calibrators.js';
import { calibrators } from './calibrators.js';
import { cellStates } from './cell_states.js';
import { addValues, createHistogram, type Histogram } from './histogram.js';
import { isBridge, islandsOf } from './islands.js';
import {
  type ActivationType,
  activationQuantization,
  powerOfTwoQuantization,
  type Range,
  rangeOf,
} from './parameters.js';
import { isStream, setSample } from './set_sample.js';

/** By tensor index; float inputs of the graph, outputs of its ops, and state. */
export type Histograms = ReadonlyMap<number, Histogram>;

/**
 * @param streaming samples go on where those before them ended; else state begins anew for each
 * @throws CrimpError `non-finite-activation`, naming every layer that gives NaN or infinity
 */
export function collect(
  graph: Graph,
  dataset: Dataset,
  onSample?: (done: number) => void,
  streaming = isStream(graph),
): Histograms {
  const state = graph.tensors.flatMap((t, i) => (isState(t) ? [i] : []));
  const touched = [...graph.inputs, ...graph.ops.flatMap((op) => op.outputs), ...state];
  const activations = touched.filter((t) => isFloat(graph, t));
  const histograms = new Map(activations.map((t) => [t, createHistogram()]));
  const simulator = createSimulator(graph);
  const cells = cellStates(graph);
  for (let i = 0; i < dataset.count; i++) {
    if (!streaming) for (const stateful of [simulator, ...cells]) stateful.reset();
    setSample(simulator, graph, dataset, i);
    simulator.run();
    for (const [t, histogram] of histograms) addValues(histogram, simulator.memory[t] as Float32Array);
    for (const cell of cells) {
      cell.observe(simulator.memory, (values) => addValues(histograms.get(cell.tensor)!, values));
    }
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
 * binds together get the union of their ranges, or what is fixed for one of them. What stays in float has none.
 *
 * @param graph by `prepare`
 * @param computing activations that the graph has inside, where these are for its edges
 *
 * @throws CrimpError `cannot-quantize` where what is fixed for one does not hold the values of another
 */
export function activationParameters(
  graph: Graph,
  histograms: Histograms,
  calibrator: CalibratorName,
  dtype: ActivationType,
  computing = dtype,
): ReadonlyMap<number, Quantization> {
  const fixed = new Map<number, Quantization>();
  const sets = unionFind();
  sets.add(graph.tensors.length);
  const islands = islandsOf(graph, computing);
  const integerOps = graph.ops.filter((op) => !islands.ops.has(op) && !isBridge(graph, op, islands));
  const wide = new Map<number, boolean>();
  for (const op of integerOps) {
    const rule = quantizationRules[op.type];
    const output = writtenBy(op)[0]!;
    const given = rule?.output?.[dtype];
    if (given) fixed.set(output, given);
    const shared = rule?.sameAsInput ? [...op.inputs, ...op.outputs] : [];
    for (const t of shared) if (isFloat(graph, t)) sets.unite(t, output);
    if (rule?.outputState !== undefined) sets.unite(op.inputs[rule.outputState]!, output);
    if (rule?.wideState) wide.set(op.inputs[rule.wideState.position]!, rule.wideState.powerOfTwo);
  }
  const members = new Map<number, number[]>();
  for (const t of new Set([...histograms.keys(), ...constantOperands(graph, integerOps)])) {
    if (islands.tensors.has(t) || wide.has(t)) continue;
    members.set(sets.find(t), [...(members.get(sets.find(t)) ?? []), t]);
  }

  const rangeOfTensor = (t: number): Range => {
    const histogram = histograms.get(t);
    return histogram
      ? calibrators[calibrator](histogram, dtype)
      : rangeOf(graph.tensors[t]!.data as Float32Array);
  };
  const parameters = new Map<number, Quantization>();
  for (const tensors of members.values()) {
    const given = tensors.map((t) => fixed.get(t)).find((q) => q !== undefined);
    if (given) throwIfErrors(tensors.flatMap((t) => outside(graph, t, rangeOfTensor(t), given, dtype)));
    const quantization = given ?? activationQuantization(union(tensors.map(rangeOfTensor)), dtype);
    for (const t of tensors) parameters.set(t, quantization);
  }
  for (const [t, powerOfTwo] of wide) {
    const range = calibrators.minmax(histograms.get(t)!);
    parameters.set(t, powerOfTwo ? powerOfTwoQuantization(range) : activationQuantization(range, 'int16'));
  }
  return parameters;
}

function isFloat(graph: Graph, tensor: number): boolean {
  return graph.tensors[tensor]?.dtype === 'float32';
}

/** Values beyond fixed parameters would be cut, not only rounded. */
function outside(
  graph: Graph,
  tensor: number,
  { min, max }: Range,
  { scale, zeroPoint }: Quantization,
  dtype: ActivationType,
): Diagnostic[] {
  const type = typeRange(dtype);
  const [lowest, highest] = [type.min, type.max].map((q) => (q - zeroPoint[0]!) * scale[0]!);
  if (min >= lowest! - scale[0]! && max <= highest! + scale[0]!) return [];
  const { name } = graph.tensors[tensor]!;
  const message = `its values reach from ${min} to ${max}, but it shares a scale with the output of a softmax or the like, which goes from ${lowest} to ${highest}`;
  const hint = 'Let the model end before it joins the two: give them as separate outputs.';
  return [error('cannot-quantize', message, hint, { tensor: { index: tensor, name } })];
}

function union(ranges: readonly Range[]): Range {
  return { min: Math.min(...ranges.map((r) => r.min)), max: Math.max(...ranges.map((r) => r.max)) };
}

/** Float constants that an op reads as it reads an activation. */
function constantOperands(graph: Graph, ops: readonly AnyOp[]): number[] {
  return ops.flatMap(activationsOf).filter((t) => graph.tensors[t]!.data instanceof Float32Array);
}
