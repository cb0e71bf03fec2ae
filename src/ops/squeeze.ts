/** SQUEEZE: the same values without some axes of length 1, all of them unless the op names some. TFLM: kernels/squeeze.cc. */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { axisOf, rangeProblem } from './constant_operand.js';
import { movingOperator, wholeMove } from './movement.js';

export interface SqueezeAttributes {
  /** Negative ones count from the last axis. */
  readonly squeezeDims?: readonly number[];
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    SQUEEZE: SqueezeAttributes;
  }
}

/** From 0; undefined for one that the input lacks. */
function squeezedAxes(op: Op<'SQUEEZE'>, graph: Graph): (number | undefined)[] {
  const { shape } = inputTensor(graph, op);
  const { squeezeDims = [] } = op.attributes;
  if (squeezeDims.length > 0) return squeezeDims.map((axis) => axisOf(axis, shape.length));
  return shape.flatMap((d, axis) => (d === 1 ? [axis] : []));
}

export const squeeze = movingOperator({
  type: 'SQUEEZE',
  inputs: { min: 1, max: 1 },
  problems(op, graph) {
    const { shape } = inputTensor(graph, op);
    if (squeezedAxes(op, graph).every((axis) => axis !== undefined && shape[axis] === 1)) return [];
    return [rangeProblem(`squeezes the axes [${op.attributes.squeezeDims}] of the shape [${shape}]`)];
  },
  infer(op, graph) {
    const axes = squeezedAxes(op, graph);
    return [inputTensor(graph, op).shape.filter((_, axis) => !axes.includes(axis))];
  },
  moves: (op, graph) => [wholeMove(inputTensor(graph, op).shape)],
});
