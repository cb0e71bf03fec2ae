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

/** One layer an op, in execution order. @param graph checked by `checkGraph`. */
export function lower(
  graph: Graph,
  { core, capabilities, alignment }: Pick<Target, 'core' | 'capabilities' | 'alignment'>,
  { packWeights = false, optimize, cost = costModel(coefficients, core) }: LowerOptions = {},
): Layer[] {
  const lowerAt = (index: number, scratchBytes: number): Layer => {
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
  return fitScratch(graph, alignment, lowerAt, optimize);
}
