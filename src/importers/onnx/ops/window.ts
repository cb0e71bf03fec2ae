/** Kernels, strides and padding of Conv and the pools, in one dimension or two. */
import { computeEffectiveFilterSize, computePadding, type Padding } from '../../../numerics/padding.js';
import type { Extent } from '../../../ops/convolution.js';
import type { Node } from '../node.js';
import { Unsupported } from '../value.js';

/** One axis of an image. */
export interface Axis {
  readonly size: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly output: number;
}

/** Rows and columns; a signal is an image of one row. */
export interface Windows {
  readonly rows: Axis;
  readonly columns: Axis;
}

const single: Axis = { size: 1, filter: 1, stride: 1, dilation: 1, before: 0, after: 0, output: 1 };

/** @param dims of the input, [N, C, L] or [N, C, H, W] @param filter of each spatial axis */
export function windowsOf(node: Node, dims: readonly number[], filter: readonly number[]): Windows {
  const spatial = dims.slice(2);
  const n = spatial.length;
  if (n !== 1 && n !== 2) throw new Unsupported(`has ${n} spatial dimensions; 1 and 2 are supported`);
  const given = (name: string, length: number, otherwise: number) => {
    const list = node.numbers(name) ?? new Array<number>(length).fill(otherwise);
    if (list.length === length && list.every((v) => Number.isInteger(v) && v >= otherwise)) return list;
    throw new Unsupported(`has the ${name} [${list}]`);
  };
  const [strides, dilations, pads] = [
    given('strides', n, 1),
    given('dilations', n, 1),
    given('pads', 2 * n, 0),
  ];
  if (filter.length !== n || !filter.every((f) => Number.isInteger(f) && f > 0)) {
    throw new Unsupported(`has a kernel of [${filter}] over [${spatial}]`);
  }
  const autoPad = node.string('auto_pad') ?? 'NOTSET';
  const ceil = node.number('ceil_mode') === 1;
  const axes = spatial.map((size, i) =>
    axisOf(autoPad, ceil, {
      size,
      filter: filter[i]!,
      stride: strides[i]!,
      dilation: dilations[i]!,
      before: pads[i]!,
      after: pads[n + i]!,
    }),
  );
  return n === 1 ? { rows: single, columns: axes[0]! } : { rows: axes[0]!, columns: axes[1]! };
}

function axisOf(autoPad: string, ceil: boolean, axis: Omit<Axis, 'output'>): Axis {
  const { size, filter, stride, dilation } = axis;
  const span = computeEffectiveFilterSize(filter, dilation);
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
    const output = Math.ceil(size / stride);
    const total = Math.max(0, (output - 1) * stride + span - size);
    const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
    const upper = autoPad === 'SAME_UPPER';
    return { ...axis, before: upper ? less : more, after: upper ? more : less, output };
  }
  const padded = autoPad === 'VALID' ? { ...axis, before: 0, after: 0 } : axis;
  const room = size + padded.before + padded.after - span;
  let output = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  // A window that would begin in the padding behind the image is left out, as PyTorch does.
  if (ceil && (output - 1) * stride >= size + padded.before) output--;
  if (room < 0 || output < 1) throw new Unsupported(`has a kernel of ${span} over ${size} values`);
  // What the last window reaches beyond the padding counts as padding too.
  const reach = (output - 1) * stride + span - size - padded.before;
  return { ...padded, after: ceil ? Math.max(padded.after, reach) : padded.after, output };
}

/** VALID or SAME where TensorFlow Lite pads alike; undefined where the padding is to be an op of its own. */
export function paddingOf({ rows, columns }: Windows): Padding | undefined {
  const axes = [rows, columns];
  const valid = (a: Axis) =>
    a.before === 0 && (a.output - 1) * a.stride + computeEffectiveFilterSize(a.filter, a.dilation) <= a.size;
  if (axes.every(valid)) return 'VALID';
  const same = (a: Axis) =>
    a.output === Math.ceil(a.size / a.stride) &&
    a.before === computePadding(a.stride, a.dilation, a.size, a.filter, a.output);
  return axes.every(same) ? 'SAME' : undefined;
}

export function extent({ rows, columns }: Windows, key: 'filter' | 'stride' | 'dilation'): Extent {
  return { height: rows[key], width: columns[key] };
}

/** For PAD, over [N, H, W, C]. */
export function paddings({ rows, columns }: Windows): number[] {
  return [0, 0, rows.before, rows.after, columns.before, columns.after, 0, 0];
}

/** [N, H, W, C] with the padding around it. */
export function paddedShape([n, h, w, c]: readonly number[], { rows, columns }: Windows): number[] {
  return [n!, h! + rows.before + rows.after, w! + columns.before + columns.after, c!];
}
