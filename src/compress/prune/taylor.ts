/**
 * How much a group of channels matters to the loss on data. Molchanov et al. 2019, "Importance Estimation for Neural Network
 * Pruning", equation 8: the square of what the loss would change by, to first order, were the channels 0.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../../data/index.js';
import { inputError, throwIfErrors } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { orderOf, pick } from '../../train/batches.js';
import { checkTraining } from '../../train/check.js';
import { differentiate } from '../../train/gradients.js';
import { settingsOf } from '../../train/options.js';
import { loadTensorflow } from '../../train/tensorflow.js';
import { variablesOf } from '../../train/variables.js';
import type { ChannelAxis, ChannelGroups } from './channel_groups.js';

/** More change the order of channels hardly at all. */
const most = 512;

export interface TaylorOptions {
  /** Of the samples that are looked at. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * One number a group: the mean over samples of (Σ gradient · value)², summed over what makes the group's channels: filters,
 * biases, offsets. Scales and depthwise filters only pass on what others have made, and would count it twice.
 *
 * @param dataset with labels
 * @throws CrimpError as `train`
 */
export async function taylorImportance(
  graph: Graph,
  groups: ChannelGroups,
  dataset: Dataset,
  { seed = 1, signal }: TaylorOptions = {},
): Promise<Float64Array> {
  const settings = settingsOf({ seed });
  const { loss } = settings;
  const variables = variablesOf(graph);
  throwIfErrors(checkTraining(graph, variables, dataset, settings));
  const tf = await loadTensorflow();
  const values = variables.map(({ tensor }) => graph.tensors[tensor]!.data as Float32Array);
  const sources = sourcesOf(graph, groups).flatMap((axis) => {
    const variable = variables.findIndex(({ tensor }) => tensor === axis.tensor);
    return variable < 0 ? [] : [{ variable, groups: elementGroups(graph, axis) }];
  });
  const importance = new Float64Array(groups.count);
  const samples = orderOf(dataset.count, seed, 0).subarray(0, most);
  for (let s = 0; s < samples.length; s++) {
    if (s % 16 === 0) await nextTurn();
    signal?.throwIfAborted();
    const batch = pick(dataset, samples.subarray(s, s + 1));
    const { gradients } = differentiate(tf, graph, { variables, values }, batch, { loss });
    const change = new Float64Array(groups.count);
    for (const { variable, groups: of } of sources) {
      gradients[variable]?.forEach((g, i) => {
        change[of[i]!]! += g * values[variable]![i]!;
      });
    }
    change.forEach((sum, group) => {
      importance[group]! += sum ** 2 / samples.length;
    });
  }
  if (importance.every(Number.isFinite)) return importance;
  const message = `the loss of ${graph.name} on the data is no finite number`;
  throw inputError('training-diverged', message, 'Check its weights and the range of the data.');
}

/** Filters along their channels, and whatever else is added to these. */
function sourcesOf(graph: Graph, { axes, producers }: ChannelGroups): ChannelAxis[] {
  const filters = producers.filter(({ op }) => {
    const { type, inputs } = graph.ops[op]!;
    return type !== 'DEPTHWISE_CONV_2D' || graph.tensors[inputs[0]!]!.shape.at(-1) === 1;
  });
  const added = variablesOf(graph).filter(({ role }) => role === 'bias' || role === 'offset');
  return [
    ...new Set(filters.map(({ axis }) => axis)),
    ...axes.filter(({ tensor }) => added.some((variable) => variable.tensor === tensor)),
  ];
}

/** Of each element its group. */
function elementGroups(graph: Graph, { tensor, axis, groups }: ChannelAxis): Int32Array {
  const { shape, data } = graph.tensors[tensor]!;
  const inner = shape.slice(axis + 1).reduce((n, length) => n * length, 1);
  return Int32Array.from(
    (data as Float32Array).keys(),
    (i) => groups[Math.floor(i / inner) % groups.length]!,
  );
}
