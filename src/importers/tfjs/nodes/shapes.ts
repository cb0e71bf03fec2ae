/** Nodes that move values or pool them: Reshape, Squeeze, Pad, ConcatV2, MaxPool, AvgPool. */
import { elementCount } from '../../../graph/access.js';
import type { NodeImporter } from '../node.js';
import { Unsupported } from '../value.js';
import { pad, pool2d } from '../window.js';
import { windowOf } from './weighted.js';

/** To [−1, …] or [batch, …]; the batch is 1. */
export const reshape: NodeImporter = (node) => {
  const x = node.value(0);
  const target = node.integers(1);
  const count = elementCount(x.shape);
  const known = target.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const shape = target.map((d) => (d === -1 ? count / known : d));
  if (!shape.every((d) => Number.isInteger(d) && d > 0) || elementCount(shape) !== count)
    throw new Unsupported(`cannot turn the shape [${x.shape.join(', ')}] into [${target.join(', ')}]`);
  return node.graph.reshape(node.name, x, shape);
};

export const squeeze: NodeImporter = (node) => {
  const dims = node.options.get('squeeze_dims') === undefined ? [] : node.options.integers('squeeze_dims');
  const x = node.value(0);
  const axes = dims.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
  if (axes.some((axis) => x.shape[axis] !== 1)) throw new Unsupported(`takes out axes [${dims.join(', ')}]`);
  const out = axes.length > 0 ? axes : x.shape.flatMap((d, i) => (d === 1 ? [i] : []));
  return node.graph.reshape(
    node.name,
    x,
    x.shape.filter((_, i) => !out.includes(i)),
  );
};

export const padNode: NodeImporter = (node) => {
  const x = node.value(0);
  const table = node.integers(1);
  const sound = table.length === 2 * x.shape.length && table.every((n) => Number.isInteger(n) && n >= 0);
  if (!sound) throw new Unsupported(`pads [${x.shape.join(', ')}] by [${table.join(', ')}]`);
  const pairs = x.shape.map((_, i) => [table[2 * i]!, table[2 * i + 1]!] as const);
  return pad(node.graph, node.name, x, pairs);
};

export const concat: NodeImporter = (node) => {
  const last = node.given.length - 1;
  if (last < 1) throw new Unsupported('has no values to join');
  const [given = 0] = node.integers(last);
  const values = node.given.slice(0, last).map((_, i) => node.operand(i));
  const [first] = values;
  const rank = first!.shape.length;
  const axis = given < 0 ? given + rank : given;
  const others = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join();
  const fits = values.every(({ shape }) => shape.length === rank && others(shape) === others(first!.shape));
  if (!(axis >= 0 && axis < rank) || !fits)
    throw new Unsupported(`joins shapes that differ beside axis ${given}`);
  const total = values.reduce((n, { shape }) => n + shape[axis]!, 0);
  const tensors = values.map(({ tensor }) => tensor);
  const output = first!.shape.map((d, i) => (i === axis ? total : d));
  return node.graph.op('CONCATENATION', node.name, tensors, { axis }, output);
};

export function pool(type: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D'): NodeImporter {
  return (node) => {
    const window = windowOf(node.options);
    const size = node.options.extent('ksize', 4);
    if (size[0] !== 1 || size[3] !== 1) node.options.refuse('pools over batch or channels');
    return pool2d(node.graph, type, node.name, node.value(0, 4), size.slice(1, 3), window);
  };
}
