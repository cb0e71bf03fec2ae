/** Expand and Tile: values that are there more than once. */
import { activation, broadcastDims, constantInput, input, type NodeImporter } from '../node_context.js';
import { identity, sameList, storedShape, Unsupported } from '../value.js';

export const expand: NodeImporter = (context) => {
  const { node, graph } = context;
  const given = input(context);
  const dims = broadcastDims(given.dims, [...constantInput(context, 1, 'shape').values]);
  if (sameList(dims, given.dims)) return [given];
  const longer = dims.length > given.dims.length;
  const value = longer ? graph.plain(given) : given;
  const order = longer ? identity(dims.length) : value.order;
  const shape = storedShape(dims, order);
  const target = graph.integers(`${node.name}/shape`, shape);
  const tensor = graph.one('BROADCAST_TO', node.name, [value.tensor, target], {}, value.dtype, shape);
  return [activation(tensor, dims, order, value.dtype)];
};

export const tile: NodeImporter = (context) => {
  const { node, graph } = context;
  const value = input(context);
  const times = constantInput(context, 1, 'repeats').values;
  if (times.length !== value.dims.length || !times.every((n) => Number.isInteger(n) && n > 0))
    throw new Unsupported(`repeats [${value.dims}] by [${times}]`);
  if (times.every((n) => n === 1)) return [value];
  const dims = value.dims.map((d, i) => d * times[i]!);
  const multiples = graph.integers(
    `${node.name}/multiples`,
    value.order.map((axis) => (axis < 0 ? 1 : times[axis]!)),
  );
  const shape = storedShape(dims, value.order);
  const tensor = graph.one('TILE', node.name, [value.tensor, multiples], {}, value.dtype, shape);
  return [activation(tensor, dims, value.order, value.dtype)];
};
