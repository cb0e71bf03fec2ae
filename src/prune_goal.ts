/** Goals of pruning that only the device can tell: what a candidate takes of it, compiled or measured. */
import type { Target } from '../targets/target.js';
import type { Cost } from './compress/prune/cost.js';
import type { Goal, Limit } from './compress/prune/structured.js';
import type { Dataset } from './data/index.js';
import { inputError } from './diagnostics.js';
import { plannedFootprint } from './footprint.js';
import type { Graph } from './graph/graph.js';
import { type MeasuredFootprint, measuredFootprint } from './measure/footprint.js';

/** What a goal can be about: the first two of the model, the others of the device. */
export type GoalMetric = Cost | Exclude<keyof MeasuredFootprint, 'packedWeightsBytes' | 'counts'>;

/** A goal that the device decides weighs channels by what is nearest to it in the model. */
export function goalOnDevice(
  { metric, ...limit }: Limit & { readonly metric: GoalMetric },
  target: Target,
  asDeployed: (graph: Graph) => Graph,
): Goal {
  if (metric === 'macs' || metric === 'params') return { ...limit, metric };
  const planned = metric === 'weightsBytes' || metric === 'arenaBytes';
  if (!planned && !target.firmware) {
    const message = `${metric} cannot be measured on target ${target.name}`;
    throw inputError('bad-usage', message, 'Choose a board with --target.');
  }
  const of = async (graph: Graph) =>
    planned
      ? plannedFootprint(asDeployed(graph), target)[metric]
      : (await measuredFootprint(asDeployed(graph), target))[metric];
  const inModel = metric === 'weightsBytes' || metric === 'flashBytes' ? 'params' : 'macs';
  return { ...limit, metric: inModel, measure: { name: metric, of } };
}

/** Enough for sizes and kernels, which hardly depend on the data; each candidate is quantized anew. */
const calibrationSamples = 32;

/** The first samples, to quantize candidates by. */
export function fewOf({ count, inputs }: Dataset): Dataset {
  const few = Math.min(count, calibrationSamples);
  return { count: few, inputs: inputs.map((values) => values.subarray(0, (few * values.length) / count)) };
}
