/** Comparisons, And, Or, Not, and Where. */
import type { DType } from '../../../graph/graph.js';
import { activation, broadcastDims, input, type NodeContext, type NodeImporter } from '../node_context.js';
import { identity, storedShape, Unsupported } from '../value.js';
import { ofRank } from './arithmetic.js';
import { applied } from './elementwise.js';

type Comparison = 'EQUAL' | 'GREATER' | 'GREATER_EQUAL' | 'LESS' | 'LESS_EQUAL';

/** Inputs in one order of axes, as they broadcast. */
function aligned(context: NodeContext, count: number) {
  const { graph, inputs } = context;
  const values = Array.from({ length: count }, (_, i) => input(context, i));
  const rank = Math.max(...values.map(({ dims }) => dims.length));
  const lead = values.find(({ dims, order }) => dims.length === rank && order.some((axis, i) => axis !== i));
  const order = lead?.order ?? identity(rank);
  const tensors = inputs.slice(0, count).map((given, i) => {
    if (given?.kind === 'constant') return graph.broadcast(given, order);
    return graph.inOrder(ofRank(graph, values[i]!, rank), order);
  });
  const dims = values.reduce<number[]>((all, { dims: own }) => broadcastDims(all, own), []);
  return { tensors, dims, order, values };
}

export function compare(type: Comparison | 'LOGICAL_AND' | 'LOGICAL_OR'): NodeImporter {
  return (context) => {
    const { node, graph } = context;
    const { tensors, dims, order } = aligned(context, 2);
    const tensor = graph.one(type, node.name, tensors, {}, 'bool', storedShape(dims, order));
    return [activation(tensor, dims, order, 'bool')];
  };
}

export const not: NodeImporter = (context) => [
  applied(context, context.node.name, input(context), 'LOGICAL_NOT', {}),
];

export const where: NodeImporter = (context) => {
  const { node, graph } = context;
  const { tensors, dims, order, values } = aligned(context, 3);
  const dtype: DType = values[1]!.dtype === 'int64' ? 'int32' : values[1]!.dtype;
  if (values[0]!.dtype !== 'bool') throw new Unsupported(`chooses by ${values[0]!.dtype}, not by bool`);
  const tensor = graph.one('SELECT_V2', node.name, tensors, {}, dtype, storedShape(dims, order));
  return [activation(tensor, dims, order, dtype)];
};
