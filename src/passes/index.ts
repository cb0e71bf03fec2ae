/** The pipeline of rewrites between import and planning: one line each, in the order in which they run. */
import type { Graph } from '../graph/graph.js';
import { removeDeadOps } from './remove_dead_ops.js';

type Pass = (graph: Graph) => Graph;

const passes: readonly Pass[] = [removeDeadOps];

/** Every pass keeps the meaning: the simulator gives the same bytes before and after. */
export function optimize(graph: Graph): Graph {
  return passes.reduce((current, pass) => pass(current), graph);
}
