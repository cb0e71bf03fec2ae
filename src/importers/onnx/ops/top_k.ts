/** TopK → TOPK_V2: the largest values along any axis, from the largest down, and where they stand. */
import { activation, constantInput, input, type NodeImporter } from '../node_context.js';
import { axisFrom, identity, storedShape, Unsupported } from '../value.js';

/** k is an attribute before operator set 10. */
export const topK: NodeImporter = (context) => {
  const { node, graph } = context;
  if ((node.number('largest') ?? 1) !== 1)
    throw new Unsupported('takes the smallest values; the largest can be');
  const value = input(context);
  const rank = value.dims.length;
  const axis = axisFrom(node.number('axis') ?? -1, rank);
  const k = node.number('k') ?? constantInput(context, 1, 'number of values').values[0] ?? 0;
  const length = value.dims[axis]!;
  if (!(Number.isInteger(k) && k >= 1 && k <= length))
    throw new Unsupported(`takes the ${k} largest of ${length} values`);
  const last = value.order.at(-1) === axis;
  const order = last ? value.order : [...identity(rank).filter((other) => other !== axis), axis];
  const dims = value.dims.map((d, i) => (i === axis ? k : d));
  const shape = storedShape(dims, order);
  const inputs = [graph.inOrder(value, order), graph.integers(`${node.name}/k`, [k], [])];
  const [values, places] = graph.op('TOPK_V2', node.name, inputs, {}, value.dtype, shape, shape) as [
    number,
    number,
  ];
  graph.tensors[places] = { ...graph.tensors[places]!, dtype: 'int32' };
  return [activation(values, dims, order, value.dtype), activation(places, dims, order, 'int32')];
};
