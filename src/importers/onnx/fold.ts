/** Nodes whose inputs are all known, such as the arithmetic of shapes that PyTorch exports, computed at import. */
import { dataTypes } from '../../formats/onnx/data_types.js';
import { stridesOf } from '../../ops/movement.js';
import { broadcastDims, listOf, type NodeContext } from './node_context.js';
import { stretchesOf } from './ops/move.js';
import { reshapedDims } from './ops/view.js';
import { permuted, reshaped, walk } from './permute.js';
import { axisFrom, type Constant, identity, Unsupported } from './value.js';

type Folder = (context: NodeContext, inputs: readonly Constant[]) => Constant;

/** Beyond this a constant is a mistake or an attack. */
const maxElements = 2 ** 24;

function count(dims: readonly number[]): number {
  const n = dims.reduce((product, d) => product * d, 1);
  if (dims.every((d) => Number.isInteger(d) && d >= 0) && n <= maxElements) return n;
  throw new Unsupported(`gives a constant of shape [${dims}]`);
}

function made(
  { node }: NodeContext,
  dims: readonly number[],
  dtype: Constant['dtype'],
  valueAt: (i: number) => number,
): Constant {
  const n = count(dims);
  const values = dtype === 'float32' ? new Float32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = valueAt(i);
  return { kind: 'constant', name: node.name, dims, dtype, values };
}

/** Values of a constant as if it had those dims. */
function broadcast({ dims: from, values }: Constant, dims: readonly number[]): number[] {
  const missing = dims.length - from.length;
  const strides = stridesOf(from);
  const result: number[] = [];
  count(dims);
  walk(
    dims,
    dims.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]!)),
    (at) => result.push(values[at]!),
  );
  return result;
}

function ofOne(f: (x: number) => number, dtype?: Constant['dtype']): Folder {
  return (context, [x]) => made(context, x!.dims, dtype ?? x!.dtype, (i) => f(x!.values[i]!));
}

function ofTwo(f: (a: number, b: number) => number, dtype?: Constant['dtype']): Folder {
  return (context, [a, b]) => {
    if (!b) throw new Unsupported('lacks its input 1');
    const dims = broadcastDims(a!.dims, b.dims);
    const [left, right] = [broadcast(a!, dims), broadcast(b, dims)];
    return made(context, dims, dtype ?? a!.dtype, (i) => f(left[i]!, right[i]!));
  };
}

const div: Folder = (context, inputs) => {
  const whole = inputs[0]!.dtype !== 'float32';
  return ofTwo((a, b) => (whole ? Math.trunc(a / b) || 0 : a / b))(context, inputs);
};

function viewedAs(dimsOf: (context: NodeContext, inputs: readonly Constant[]) => number[]): Folder {
  return (context, inputs) => {
    const dims = dimsOf(context, inputs);
    const { values } = inputs[0]!;
    if (count(dims) !== values.length)
      throw new Unsupported(`cannot turn [${inputs[0]!.dims}] into [${dims}]`);
    return reshaped(inputs[0]!, dims);
  };
}

const gather: Folder = (context, [table, indices]) => {
  if (!indices) throw new Unsupported('lacks its indices');
  const axis = axisFrom(context.node.number('axis') ?? 0, table!.dims.length);
  const [before, after] = [table!.dims.slice(0, axis), table!.dims.slice(axis + 1)];
  const length = table!.dims[axis]!;
  const inner = count(after);
  const dims = [...before, ...indices.dims, ...after];
  return made(context, dims, table!.dtype, (i) => {
    const chosen = indices.values[Math.floor(i / inner) % indices.values.length]!;
    const entry = chosen < 0 ? chosen + length : chosen;
    if (!(entry >= 0 && entry < length)) throw new Unsupported(`gathers entry ${chosen} of ${length}`);
    const outer = Math.floor(i / inner / indices.values.length);
    return table!.values[(outer * length + entry) * inner + (i % inner)]!;
  });
};

const concat: Folder = (context, inputs) => {
  const axis = axisFrom(context.node.number('axis') ?? 0, inputs[0]!.dims.length);
  const rows = count(inputs[0]!.dims.slice(0, axis));
  const parts = inputs.map(({ dims }) => count(dims.slice(axis)));
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    inputs.forEach((input, k) => {
      for (let i = 0; i < parts[k]!; i++) values.push(input.values[row * parts[k]! + i]!);
    });
  }
  const dims = inputs[0]!.dims.map((d, i) => (i === axis ? inputs.reduce((n, t) => n + t.dims[i]!, 0) : d));
  if (count(dims) !== values.length) throw new Unsupported('joins constants that do not fit');
  return made(context, dims, inputs[0]!.dtype, (i) => values[i]!);
};

const slice: Folder = (context, [given]) => {
  const stretches = stretchesOf(context, given!.dims);
  const strides = stridesOf(given!.dims);
  const start = stretches.reduce((n, { begin }, axis) => n + begin * strides[axis]!, 0);
  const dims = stretches.map((s) => s.count);
  const values: number[] = [];
  walk(
    dims,
    stretches.map(({ step }, axis) => step * strides[axis]!),
    (from) => values.push(given!.values[start + from]!),
  );
  return made(context, dims, given!.dtype, (i) => values[i]!);
};

const range: Folder = (context, [start, limit, delta]) => {
  const [from, to, by] = [start, limit, delta].map((c) => c?.values[0] ?? NaN) as [number, number, number];
  return made(context, [Math.max(0, Math.ceil((to - from) / by))], start!.dtype, (i) => from + i * by);
};

/** Over all values, as shapes are multiplied to a size. */
function reduceAll(f: (a: number, b: number) => number): Folder {
  return (context, [x]) => {
    const axes = listOf(context, 'axes', 1) ?? [];
    if (axes.length > 0 && axes.length !== x!.dims.length)
      throw new Unsupported('reduces some axes of a constant');
    const keep = (context.node.number('keepdims') ?? 1) === 1;
    const total = [...x!.values].reduce(f);
    return made(context, keep ? x!.dims.map(() => 1) : [], x!.dtype, () => total);
  };
}

const folders: Readonly<Record<string, Folder>> = {
  Abs: ofOne(Math.abs),
  Add: ofTwo((a, b) => a + b),
  Cast(context, [x]) {
    const dtype = dataTypes[context.node.number('to') ?? 0]?.dtype;
    if (!dtype) throw new Unsupported('casts a constant to a type that is not supported');
    return made(context, x!.dims, dtype, (i) => {
      const v = x!.values[i]!;
      return dtype === 'float32' ? v : dtype === 'bool' ? Number(v !== 0) : Math.trunc(v);
    });
  },
  Ceil: ofOne(Math.ceil),
  Concat: concat,
  ConstantOfShape(context, [shape]) {
    const value = context.node.tensor('value');
    return made(context, [...shape!.values], value?.dtype ?? 'float32', () => value?.values[0] ?? 0);
  },
  Div: div,
  Equal: ofTwo((a, b) => Number(a === b), 'bool'),
  Exp: ofOne(Math.exp),
  Expand(context, [x, shape]) {
    const dims = broadcastDims(x!.dims, [...(shape?.values ?? [])]);
    const values = broadcast(x!, dims);
    return made(context, dims, x!.dtype, (i) => values[i]!);
  },
  Flatten: viewedAs(({ node }, [x]) => {
    const axis = node.number('axis') ?? 1;
    return [count(x!.dims.slice(0, axis)), count(x!.dims.slice(axis))];
  }),
  Floor: ofOne(Math.floor),
  Gather: gather,
  Greater: ofTwo((a, b) => Number(a > b), 'bool'),
  Less: ofTwo((a, b) => Number(a < b), 'bool'),
  Max: ofTwo(Math.max),
  Min: ofTwo(Math.min),
  Mod: ofTwo((a, b) => a - b * Math.floor(a / b)),
  Mul: ofTwo((a, b) => a * b),
  Neg: ofOne((x) => -x),
  Not: ofOne((x) => Number(x === 0)),
  Pow: ofTwo(Math.pow),
  Range: range,
  ReduceMax: reduceAll(Math.max),
  ReduceMin: reduceAll(Math.min),
  ReduceProd: reduceAll((a, b) => a * b),
  ReduceSum: reduceAll((a, b) => a + b),
  Reshape: viewedAs(({ node }, [x, shape]) =>
    reshapedDims(
      x!.dims,
      node.numbers('shape') ?? [...(shape?.values ?? [])],
      node.number('allowzero') === 1,
    ),
  ),
  Shape: (context, [x]) => shapeOf(context, x!.dims),
  Size: (context, [x]) => made(context, [], 'int64', () => x!.values.length),
  Slice: slice,
  Sqrt: ofOne(Math.sqrt),
  Squeeze: viewedAs((context, [x]) => {
    const { dims } = x!;
    const axes = listOf(context, 'axes', 1)?.map((axis) => axisFrom(axis, dims.length));
    return dims.filter((d, axis) => (axes ? !axes.includes(axis) : d !== 1));
  }),
  Sub: ofTwo((a, b) => a - b),
  Transpose: ({ node }, [x]) => {
    const axes = (node.numbers('perm') ?? identity(x!.dims.length).reverse()).map((a) =>
      axisFrom(a, x!.dims.length),
    );
    if (new Set(axes).size !== x!.dims.length) throw new Unsupported(`permutes a constant by [${axes}]`);
    return permuted(x!, axes);
  },
  Unsqueeze: viewedAs((context, [x]) => {
    const axes = listOf(context, 'axes', 1) ?? [];
    const rank = x!.dims.length + axes.length;
    const added = axes.map((axis) => axisFrom(axis, rank));
    const rest = [...x!.dims];
    return identity(rank).map((axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1)));
  }),
  Where(context, [condition, a, b]) {
    if (!a || !b) throw new Unsupported('lacks an input');
    const dims = broadcastDims(broadcastDims(condition!.dims, a.dims), b.dims);
    const [c, yes, no] = [condition!, a, b].map((x) => broadcast(x, dims));
    return made(context, dims, a.dtype, (i) => (c![i] ? yes![i]! : no![i]!));
  },
};

/** The dims of a value, from `start` to `end` where the node says so (operator set 15). */
export function shapeOf(context: NodeContext, dims: readonly number[]): Constant {
  const list = dims.slice(context.node.number('start') ?? 0, context.node.number('end') ?? dims.length);
  return made(context, [list.length], 'int64', (i) => list[i]!);
}

/** Undefined for a node that is not computed at import. @throws Unsupported */
export function fold(context: NodeContext): Constant | undefined {
  const { node, inputs } = context;
  const folder = Object.hasOwn(folders, node.type) ? folders[node.type] : undefined;
  const constants = inputs.filter((value) => value?.kind === 'constant');
  if (!folder || inputs.length === 0 || constants.length !== inputs.filter(Boolean).length) return undefined;
  if (inputs[0]?.kind !== 'constant') return undefined;
  return folder(context, inputs as readonly Constant[]);
}
