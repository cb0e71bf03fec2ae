/** Graph → Layers: every op through its emitter, with the kernels that the target's capabilities allow. */
import { isConstant, isState, outputTensor } from '../src/graph/access.js';
import type { Graph, Op } from '../src/graph/graph.js';
import type { Target } from '../targets/target.js';
import { copyLayer } from './copy.js';
import coefficients from './cost/coefficients.json' with { type: 'json' };
import { costModel } from './cost/cost_model.js';
import { workOfOp } from './cost/work.js';
import { fitScratch } from './fit_scratch.js';
import type { Layer, LowerOptions } from './layer.js';
import { layerLabel } from './names.js';
import { lowerOp } from './ops/registry.js';

type Board = Pick<Target, 'core' | 'capabilities' | 'alignment'>;

/** One layer an op, in execution order. @param graph checked by `checkGraph`. */
export function lower(graph: Graph, target: Board, options: LowerOptions = {}): Layer[] {
  return fitScratch(graph, target.alignment, lowerAt(graph, target, options), options.optimize);
}

/** The same with as little scratch as there can be. */
export function lowerSmallest(graph: Graph, target: Board, options: LowerOptions = {}): Layer[] {
  const at = lowerAt(graph, target, options);
  return graph.ops.map((_, index) => at(index, 0));
}

/** The layer of an op within so many bytes of scratch. */
function lowerAt(
  graph: Graph,
  { core, capabilities }: Board,
  { packWeights = false, optimize, cost = costModel(coefficients, core) }: LowerOptions,
): (index: number, scratchBytes: number) => Layer {
  return (index, scratchBytes) => {
    const op = graph.ops[index]!;
    const label = layerLabel(graph, index);
    const work = workOfOp(op, graph);
    const context = { capabilities, packWeights, optimize, cost, work, label, index, scratchBytes };
    const layer = { work, ...lowerOp(op as Op, graph, context) };
    const source = layer.alias === undefined ? undefined : graph.tensors[op.inputs[layer.alias]!]!;
    // A view of a constant has no memory of its own in the arena to be a view of; state may change under a view.
    return source && (isConstant(source) || isState(source))
      ? copyLayer(index, layer.alias!, outputTensor(graph, op as Op))
      : layer;
  };
}
