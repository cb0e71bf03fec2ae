/**
 * The pipeline of rewrites between import and planning, in the order in which they run. Every pass keeps the meaning: the
 * simulator gives the same outputs before and after, to the bit. Indices of tensors stay; ops go, and new tensors come last.
 */
import type { Graph } from '../graph/graph.js';
import { cancelTransposes } from './cancel_transposes.js';
import { changesOf } from './changes.js';
import { foldActivation } from './fold_activation.js';
import { foldConstants } from './fold_constants.js';
import { foldPad } from './fold_pad.js';
import { foldQuantize } from './fold_quantize.js';
import { foldReshape } from './fold_reshape.js';
import { fuseElementwise } from './fuse_elementwise.js';
import { moveTransposes } from './move_transposes.js';
import { removeDeadOps } from './remove_dead_ops.js';
import { removeDuplicateOps } from './remove_duplicate_ops.js';
import { shareConstants } from './share_constants.js';
import { sinkDequantize } from './sink_dequantize.js';

export interface Pass {
  /** As the log says it: `remove-dead-ops`. */
  readonly name: string;
  /** Gives back the same object where there is nothing to do. */
  readonly run: (graph: Graph) => Graph;
}

/** What one run of a pass did. */
export interface PassStep {
  readonly pass: string;
  readonly opsBefore: number;
  readonly opsAfter: number;
  /** One line each, with the names of ops. */
  readonly changes: readonly string[];
}

export interface Optimized {
  readonly graph: Graph;
  /** In order; runs that changed nothing are left out. */
  readonly steps: readonly PassStep[];
}

export const passes: readonly Pass[] = [
  { name: 'fold-constants', run: foldConstants },
  { name: 'share-constants', run: shareConstants },
  { name: 'remove-duplicate-ops', run: removeDuplicateOps },
  { name: 'cancel-transposes', run: cancelTransposes },
  { name: 'move-transposes', run: moveTransposes },
  { name: 'fold-reshape', run: foldReshape },
  { name: 'sink-dequantize', run: sinkDequantize },
  { name: 'fold-quantize', run: foldQuantize },
  { name: 'fold-activation', run: foldActivation },
  { name: 'fold-pad', run: foldPad },
  { name: 'fuse-elementwise', run: fuseElementwise },
  { name: 'remove-dead-ops', run: removeDeadOps },
];

/** Passes make room for each other, and come to rest long before this. */
const maxRounds = 32;

/** @param graph checked by `checkGraph` */
export function optimizeWithLog(graph: Graph): Optimized {
  const steps: PassStep[] = [];
  let current = graph;
  for (let round = 0; round < maxRounds; round++) {
    const before = current;
    for (const { name, run } of passes) {
      const next = run(current);
      if (next === current) continue;
      const changes = changesOf(current, next);
      steps.push({ pass: name, opsBefore: current.ops.length, opsAfter: next.ops.length, changes });
      current = next;
    }
    if (current === before) break;
  }
  return { graph: current, steps };
}

/** @param graph checked by `checkGraph` */
export function optimize(graph: Graph): Graph {
  return optimizeWithLog(graph).graph;
}
