/**
 * Gradual pruning: masks that grow while the model trains, quickly at first and ever more slowly. Zhu and Gupta 2017, "To
 * Prune, or Not to Prune: Exploring the Efficacy of Pruning for Model Compression", equation 1.
 */
import type { Graph } from '../../graph/graph.js';
import type { MaskSchedule } from '../../train/options.js';
import { withConstants } from '../../train/variables.js';
import { sparsityOf } from './apply_masks.js';
import { type MaskOptions, magnitudeMasks } from './masks.js';

/** 'one-shot': all at once before training; 'cubic': over the first part of it. */
export type PruningSchedule = 'one-shot' | 'cubic';

/** Share of the training's steps over which masks grow; the rest is for what is left. */
export const growing = 0.7;

/** How often they grow until then; or at every step, where there are fewer. */
export const updates = 40;

/** @param done share of the growth that is over @returns the value on its way: steeply away from `from`, flat into `to` */
export function cubic(from: number, to: number, done: number): number {
  return to + (from - to) * (1 - Math.min(1, Math.max(0, done))) ** 3;
}

/**
 * Masks from the weights' magnitudes as they then are, toward what the options ask for: sparsity from that of the graph,
 * a threshold from 0, N:M from M:M by whole numbers. What is 0 by then has no magnitude and stays out.
 *
 * @throws CrimpError as `magnitudeMasks`
 */
export function cubicSchedule(graph: Graph, options: MaskOptions): MaskSchedule {
  magnitudeMasks(graph, options);
  const layers = sparsityOf(graph);
  const sum = (of: 'weights' | 'zeros') => layers.reduce((n, layer) => n + layer[of], 0);
  const initial = sum('zeros') / sum('weights');
  const settled = (steps: number) => Math.min(steps - 1, Math.floor(growing * steps));
  return {
    at(step, steps, weights) {
      const end = settled(steps);
      const update = (s: number) => (end === 0 ? updates : Math.floor((s * updates) / end));
      if (step > end || (step > 0 && update(step) === update(step - 1))) return undefined;
      return magnitudeMasks(
        withConstants(graph, weights),
        optionsAt(options, initial, update(step) / updates),
      );
    },
    settled,
  };
}

/** What is asked for when so much of the growth is over; all of it at 1, to the very number. */
function optionsAt(options: MaskOptions, initial: number, done: number): MaskOptions {
  if (done >= 1) return options;
  const { sparsity, threshold, pattern } = options;
  if (pattern !== undefined && pattern !== 'unstructured' && 'm' in pattern) {
    const n = Math.ceil(cubic(pattern.m, pattern.n, done));
    return { ...options, pattern: { n, m: pattern.m } };
  }
  if (threshold !== undefined) return { ...options, threshold: cubic(0, threshold, done) };
  return { ...options, sparsity: cubic(Math.min(initial, sparsity!), sparsity!, done) };
}
