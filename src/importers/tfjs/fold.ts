/**
 * Nodes of a GraphModel whose values are known at import: shapes, and what is computed of them and of other small constants.
 * Keras' Reshape is written as Shape, StridedSlice, Pack, Reshape.
 */
import { elementCount } from '../../graph/access.js';
import type { Shape } from '../../graph/graph.js';
import type { NodeInput } from './node.js';
import type { Options } from './options.js';
import type { Weight } from './weights.js';

/** What computes shapes and axes is smaller; larger constants are weights. */
const largest = 64;

interface Known {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** Undefined for what it does not fold; then the node has to be read as any other. */
type Fold = (inputs: readonly Known[], options: Options) => Known | undefined;

const vector = (values: readonly number[]): Known => ({ shape: [values.length], values });

function elementwise(compute: (a: number, b: number) => number): Fold {
  return ([a, b]) => {
    if (!a || !b) return undefined;
    if (a.values.length !== 1 && b.values.length !== 1 && a.shape.join() !== b.shape.join()) return undefined;
    const longer = b.shape.length > a.shape.length || b.values.length > a.values.length ? b : a;
    const at = ({ values }: Known, i: number) => values[values.length === 1 ? 0 : i]!;
    return { shape: longer.shape, values: longer.values.map((_, i) => compute(at(a, i), at(b, i))) };
  };
}

const folds: Readonly<Record<string, Fold>> = {
  Add: elementwise((a, b) => a + b),
  AddV2: elementwise((a, b) => a + b),
  Cast([x], options) {
    const integer = /INT/.test(String(options.get('DstT')));
    return x && { ...x, values: x.values.map((v) => (integer ? Math.trunc(v) : v)) };
  },
  ConcatV2(inputs) {
    const parts = inputs.slice(0, -1);
    const vectors = parts.every(({ shape }) => shape.length === 1);
    return vectors ? vector(parts.flatMap(({ values }) => values)) : undefined;
  },
  ExpandDims: ([x]) => (x?.shape.length === 0 ? vector(x.values) : undefined),
  Fill([shape, value]) {
    const dims = shape?.values ?? [];
    if (!value || !isShape(dims)) return undefined;
    return { shape: dims, values: new Array<number>(elementCount(dims)).fill(value.values[0]!) };
  },
  FloorDiv: elementwise((a, b) => Math.floor(a / b)),
  GatherV2([x, numbers]) {
    if (x?.shape.length !== 1 || !numbers) return undefined;
    const values = numbers.values.map((i) => x.values.at(i));
    return values.every((v) => v !== undefined) ? { shape: numbers.shape, values } : undefined;
  },
  Maximum: elementwise(Math.max),
  Minimum: elementwise(Math.min),
  Mul: elementwise((a, b) => a * b),
  Pack(inputs) {
    const scalars = inputs.every(({ shape }) => shape.length === 0);
    return scalars ? vector(inputs.flatMap(({ values }) => values)) : undefined;
  },
  Prod([x], options) {
    if (!x || x.shape.length > 1) return undefined;
    const shape = options.flag('keep_dims', false) ? x.shape.map(() => 1) : [];
    return { shape, values: [x.values.reduce((a, b) => a * b, 1)] };
  },
  Range([start, end, step]) {
    const [from, to, by] = [start, end, step].map((x) => x?.values[0]);
    if (from === undefined || to === undefined || !by) return undefined;
    const count = Math.max(0, Math.ceil((to - from) / by));
    return count <= largest ? vector(Array.from({ length: count }, (_, i) => from + i * by)) : undefined;
  },
  Reshape([x, shape]) {
    if (!x || !shape) return undefined;
    const known = shape.values.reduce((n, d) => (d === -1 ? n : n * d), 1);
    const dims = shape.values.map((d) => (d === -1 ? x.values.length / known : d));
    const fits = isShape(dims) && elementCount(dims) === x.values.length;
    return fits ? { shape: dims, values: x.values } : undefined;
  },
  Squeeze: ([x]) => (x?.values.length === 1 ? { shape: [], values: x.values } : undefined),
  StridedSlice([x, begin, end, stride], options) {
    if (x?.shape.length !== 1 || begin?.values.length !== 1 || !end || !stride) return undefined;
    const mask = (key: string) => options.number(key, 0);
    const step = stride.values[0]!;
    if (mask('new_axis_mask') !== 0 || mask('ellipsis_mask') !== 0 || step <= 0) return undefined;
    const { length } = x.values;
    const at = (i: number) => Math.min(length, Math.max(0, i < 0 ? i + length : i));
    const from = mask('begin_mask') & 1 ? 0 : at(begin.values[0]!);
    if (mask('shrink_axis_mask') & 1) {
      const value = x.values[from];
      return value === undefined ? undefined : { shape: [], values: [value] };
    }
    const to = mask('end_mask') & 1 ? length : at(end.values[0]!);
    return vector(x.values.filter((_, i) => i >= from && i < to && (i - from) % step === 0));
  },
  Sub: elementwise((a, b) => a - b),
};

function isShape(dims: readonly number[]): boolean {
  return dims.every((d) => Number.isInteger(d) && d > 0) && elementCount(dims) <= largest;
}

/** What a node gives, where that is known. */
export function folded(
  name: string,
  type: string,
  options: Options,
  inputs: readonly NodeInput[],
): Weight | undefined {
  const [first] = inputs;
  if (!first) return undefined;
  if (type === 'Shape') {
    const shape = 'weight' in first ? first.weight.shape : first.shape;
    return shape && weightOf(name, vector(shape), 'int32');
  }
  if ((type === 'Identity' || type === 'StopGradient') && 'weight' in first) return first.weight;
  const fold = Object.hasOwn(folds, type) ? folds[type] : undefined;
  const known = fold && inputs.map(knownOf);
  if (!known?.every((input) => input !== undefined)) return undefined;
  const result = fold!(known, options);
  const dtype = 'weight' in first ? first.weight.dtype : 'int32';
  return result?.values.every(Number.isFinite) ? weightOf(name, result, dtype) : undefined;
}

function knownOf(input: NodeInput): Known | undefined {
  if (!('weight' in input)) return undefined;
  const { shape, read } = input.weight;
  return read && elementCount(shape) <= largest ? { shape, values: [...read()] } : undefined;
}

function weightOf(name: string, { shape, values }: Known, dtype: string): Weight {
  return { name, shape, dtype, read: () => Float32Array.from(values) };
}
