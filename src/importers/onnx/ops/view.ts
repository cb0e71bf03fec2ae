/** Reshape, Flatten, Squeeze, Unsqueeze, Transpose: values under another shape. Most become no op at all. */
import {
  activation,
  constantInput,
  flatInput,
  input,
  listOf,
  type NodeContext,
  type NodeImporter,
} from '../node_context.js';
import {
  type Activation,
  axisFrom,
  identity,
  sameInMemory,
  sameList,
  storedShape,
  Unsupported,
} from '../value.js';

function count(dims: readonly number[]): number {
  return dims.reduce((n, d) => n * d, 1);
}

/** The value under other dims of as many elements. */
export function viewed({ node, graph }: NodeContext, value: Activation, dims: readonly number[]): Activation {
  if (sameList(dims, value.dims)) return value;
  if (count(dims) !== count(value.dims)) throw new Unsupported(`cannot turn [${value.dims}] into [${dims}]`);
  const source = value.flattened ?? value;
  // Back to what was flattened: an exporter's detour.
  if (sameList(dims, source.dims)) return source;
  const plain = identity(source.dims.length);
  if (
    !sameInMemory(source.dims, source.order, plain) &&
    dims.length === 2 &&
    dims[0] === source.dims[0] &&
    source.order[0] === 0
  ) {
    return { ...source, dims, order: source.order, flattened: source };
  }
  const tensor = sameInMemory(source.dims, source.order, plain)
    ? source.tensor
    : graph.inOrder(source, plain);
  return activation(
    graph.reshape(tensor, node.name, value.dtype, dims),
    dims,
    identity(dims.length),
    value.dtype,
  );
}

export const reshape: NodeImporter = (context) => {
  const value = flatInput(context);
  const wanted = context.node.numbers('shape') ?? [...constantInput(context, 1, 'shape').values];
  return [viewed(context, value, reshapedDims(value.dims, wanted, context.node.number('allowzero') === 1))];
};

/** −1 is what is left, 0 the input's dimension unless `allowZero`. */
export function reshapedDims(
  dims: readonly number[],
  wanted: readonly number[],
  allowZero: boolean,
): number[] {
  const known = wanted.map((d, i) => (d === 0 && !allowZero ? (dims[i] ?? 0) : d));
  const rest = count(known.filter((d) => d !== -1));
  return known.map((d) => (d === -1 ? count(dims) / rest : d));
}

export const flatten: NodeImporter = (context) => {
  const value = flatInput(context);
  const rank = value.dims.length;
  const axis = context.node.number('axis') ?? 1;
  const at = axis === rank ? rank : axisFrom(axis, rank);
  return [viewed(context, value, [count(value.dims.slice(0, at)), count(value.dims.slice(at))])];
};

/** The axis stays in memory, with length 1. */
export const squeeze: NodeImporter = (context) => {
  const value = input(context);
  const given = listOf(context, 'axes', 1);
  const { dims } = value;
  const gone = given
    ? given.map((axis) => axisFrom(axis, dims.length))
    : identity(dims.length).filter((axis) => dims[axis] === 1);
  const long = gone.find((axis) => dims[axis] !== 1);
  if (long !== undefined) throw new Unsupported(`squeezes axis ${long} of [${dims}]`);
  return [without(value, gone)];
};

/** @param gone axes of length 1 */
export function without(value: Activation, gone: readonly number[]): Activation {
  const kept = identity(value.dims.length).filter((axis) => !gone.includes(axis));
  const order = value.order.map((axis) => kept.indexOf(axis));
  return { ...value, dims: kept.map((axis) => value.dims[axis]!), order };
}

export const unsqueeze: NodeImporter = (context) => {
  const value = input(context);
  const axes = listOf(context, 'axes', 1) ?? [];
  const rank = value.dims.length + axes.length;
  const added = axes.map((axis) => axisFrom(axis, rank));
  const old = identity(rank).filter((axis) => !added.includes(axis));
  const dims: number[] = new Array<number>(rank).fill(1);
  value.dims.forEach((d, i) => {
    dims[old[i]!] = d;
  });
  // An axis of length 1 that is in memory already takes a new one's place.
  const waiting = [...added].sort((a, b) => a - b);
  const order = value.order.map((axis) => (axis < 0 ? (waiting.shift() ?? -1) : old[axis]!));
  if (waiting.length === 0) return [{ ...value, dims, order }];
  const { graph, node } = context;
  const wider = [...order];
  for (const axis of waiting) {
    const at = wider.findIndex((other) => other > axis);
    wider.splice(at < 0 ? wider.length : at, 0, axis);
  }
  const tensor = graph.reshape(value.tensor, node.name, value.dtype, storedShape(dims, wider));
  return [activation(tensor, dims, wider, value.dtype)];
};

/** Only the names of the axes change; whoever needs another order in memory asks for it. */
export const transpose: NodeImporter = (context) => {
  const value = input(context);
  const rank = value.dims.length;
  const axes = context.node.numbers('perm') ?? identity(rank).reverse();
  if (
    !sameList(
      [...axes].sort((a, b) => a - b),
      identity(rank),
    )
  )
    throw new Unsupported(`permutes ${rank} axes by [${axes}]`);
  const order = value.order.map((axis) => (axis < 0 ? -1 : axes.indexOf(axis)));
  return [{ ...value, dims: axes.map((axis) => value.dims[axis]!), order }];
};
