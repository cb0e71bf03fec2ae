/** Reductions over any axes; Softmax and LogSoftmax along any axis. */
import { activation, constantInput, input, listOf, type NodeImporter } from '../node_context.js';
import { type Activation, axisFrom, identity, storedShape, Unsupported } from '../value.js';
import { applied } from './elementwise.js';
import { viewed } from './view.js';

export function reduce(type: 'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN'): NodeImporter {
  return (context) => {
    const { node, graph } = context;
    const value = input(context);
    const { dims, dtype } = value;
    const given = listOf(context, 'axes', 1) ?? [];
    if (given.length === 0 && node.number('noop_with_empty_axes') === 1) return [value];
    const axes =
      given.length === 0 ? identity(dims.length) : given.map((axis) => axisFrom(axis, dims.length));
    const keepDims = (node.number('keepdims') ?? 1) === 1;
    const kept = identity(dims.length).filter((axis) => keepDims || !axes.includes(axis));
    const reduced = dims.map((d, axis) => (axes.includes(axis) ? 1 : d));
    const shape = storedShape(
      reduced,
      keepDims ? value.order : value.order.filter((axis) => axis < 0 || kept.includes(axis)),
    );
    const places = value.order.flatMap((axis, i) => (axes.includes(axis) ? [i] : []));
    const along = graph.integers(`${node.name}/axes`, places);
    const tensor = graph.one(type, node.name, [value.tensor, along], { keepDims }, dtype, shape);
    const order = value.order
      .filter((axis) => axis < 0 || kept.includes(axis))
      .map((axis) => (axis < 0 ? -1 : kept.indexOf(axis)));
    return [
      activation(
        tensor,
        kept.map((axis) => reduced[axis]!),
        order,
        dtype,
      ),
    ];
  };
}

/** The sum of absolute values or of squares, or its root. */
export function reduceNorm(type: 'ABS' | 'SQUARE', root: boolean): NodeImporter {
  return (context) => {
    const { node } = context;
    const each = applied(context, `${node.name}/each`, input(context), type, {});
    const name = root ? `${node.name}/sum` : node.name;
    const inner = { ...context, node: { ...node, name }, inputs: [each, ...context.inputs.slice(1)] };
    const [sum] = reduce('SUM')(inner) as [Activation];
    return [root ? applied(context, node.name, sum, 'SQRT', {}) : sum];
  };
}

/** Before operator set 13 all axes from the given one on count as one. */
export function softmax(type: 'SOFTMAX' | 'LOG_SOFTMAX'): NodeImporter {
  return (context) => {
    const { node, graph } = context;
    const value = input(context);
    const rank = value.dims.length;
    if (rank === 0) throw new Unsupported('is of a scalar');
    const apply = (of: Activation) =>
      type === 'SOFTMAX'
        ? applied(context, node.name, of, type, { beta: 1 })
        : applied(context, node.name, of, type, {});
    const axis = axisFrom(node.number('axis') ?? (node.opset < 13 ? 1 : -1), rank);
    if (node.opset < 13 && axis < rank - 1 && value.dims.slice(axis + 1).some((d) => d !== 1)) {
      const rows = value.dims.slice(0, axis).reduce((n, d) => n * d, 1);
      const depth = value.dims.slice(axis).reduce((n, d) => n * d, 1);
      const flat = viewed(context, graph.plain(value), [rows, depth]);
      return [viewed(context, apply(flat), value.dims)];
    }
    if (value.order.at(-1) === axis) return [apply(value)];
    const order = [...identity(rank).filter((other) => other !== axis), axis];
    return [apply({ ...value, tensor: graph.inOrder(value, order), order })];
  };
}

/** The axis is an input. */
export const cumSum: NodeImporter = (context) => {
  const { node, graph } = context;
  const value = input(context);
  const axis = axisFrom(constantInput(context, 1, 'axis').values[0] ?? 0, value.dims.length);
  const along = graph.integers(`${node.name}/axis`, [value.order.indexOf(axis)], []);
  const attributes = { exclusive: node.number('exclusive') === 1, reverse: node.number('reverse') === 1 };
  return [applied(context, node.name, value, 'CUMSUM', attributes, [along])];
};
