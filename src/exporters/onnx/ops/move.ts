/** Operators that only move values. */
import { elementCount, inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op, OpType, Tensor } from '../../../graph/graph.js';
import { blockOf, marginsOf } from '../../../ops/batch_space.js';
import { axisOf, integersOf } from '../../../ops/constant_operand.js';
import { gatherAxis } from '../../../ops/gather.js';
import { sliceBegin } from '../../../ops/slice.js';
import { slicesOf } from '../../../ops/strided_slice.js';
import { permutationOf } from '../../../ops/transpose.js';
import { type Exporter, isQuantized } from '../exporter.js';
import { axesIn, axisIn, eachAxisIn, isIdentity, isSameInMemory, type Layout, shapeIn } from '../layout.js';
import type { Value } from '../model_writer.js';
import { onnxTypeOf } from '../types.js';

/** The layout that an op takes a tensor in and gives back, if it can tell axes apart. */
function imageLayout(x: Exporter, tensor: number): Layout {
  return x.layoutOf(tensor) === 'first' ? 'first' : 'last';
}

/** RESHAPE, SQUEEZE and EXPAND_DIMS: the same values under another shape. */
export function reshape(op: Op<'RESHAPE'> | Op<'SQUEEZE'> | Op<'EXPAND_DIMS'>, x: Exporter): void {
  const [from, to] = [op.inputs[0]!, op.outputs[0]!];
  const [input, output] = [x.tensor(from).shape, x.tensor(to).shape];
  const layout = x.layoutOf(from);
  const image = layout === 'first' ? input : x.imageOf(from);
  if (!image || isSameInMemory(image, axesIn('first', image.length))) {
    // A value that lies in one order lies in the other as well.
    const value = image ? x.real(from, layout) : x.real(from);
    x.write(to, x.reshaped(value, output));
    return;
  }
  if (image[0] === output[0] && output.length === 2) {
    x.write(to, x.reshaped(x.real(from, layout), output), 'flat', image);
  } else if (image[0] === output[0] && image.at(-1) === output.at(-1) && output.length > 2) {
    x.write(to, x.reshaped(x.real(from, layout), shapeIn('first', output)), 'first');
  } else x.write(to, x.reshaped(x.real(from), output));
}

/** Nothing moves where the result is an image as convolutions want it, or as it was before one. */
export function transpose(op: Op<'TRANSPOSE'>, x: Exporter): void {
  const [from, to] = [op.inputs[0]!, op.outputs[0]!];
  const { shape } = x.tensor(from);
  const permutation = permutationOf(op, x.graph);
  const given = imageLayout(x, from);
  const have = axesIn(given, shape.length);
  const wanted = (layout: Layout) => eachAxisIn(layout, permutation).map((axis) => have.indexOf(axis));
  const first = shape.length > 2 && given === 'last' && isIdentity(wanted('first'));
  const layout = first ? 'first' : 'last';
  x.write(to, x.transposed(x.real(from, given), wanted(layout)), layout);
}

export function concatenation(op: Op<'CONCATENATION'>, x: Exporter): void {
  const rank = outputTensor(x.graph, op).shape.length;
  const layout = x.commonLayout(...op.inputs);
  const axis = axisIn(layout, rank, axisOf(op.attributes.axis, rank)!);
  x.write(
    op.outputs[0]!,
    x.node(
      'Concat',
      op.inputs.map((t) => x.real(t, layout)),
      { axis },
    ),
    layout,
  );
}

/** SPLIT and SPLIT_V; how large the parts are, their shapes say. */
export function split(op: Op<'SPLIT'> | Op<'SPLIT_V'>, x: Exporter): void {
  const [from, operand] = op.type === 'SPLIT' ? [op.inputs[1]!, 0] : [op.inputs[0]!, 2];
  const rank = x.tensor(from).shape.length;
  const along = axisOf(integersOf(op as Op, x.graph, operand)?.[0], rank)!;
  const layout = imageLayout(x, from);
  const sizes = op.outputs.map((t) => x.tensor(t).shape[along]!);
  const inputs = [x.real(from, layout), x.writer.integers(sizes)];
  const parts = x.writer.nodeOf(sizes.length, 'Split', inputs, { axis: axisIn(layout, rank, along) });
  for (const [i, t] of op.outputs.entries()) x.write(t, parts[i]!, layout);
}

export function unpack(op: Op<'UNPACK'>, x: Exporter): void {
  const axis = axisOf(op.attributes.axis, inputTensor(x.graph, op).shape.length)!;
  const value = x.real(op.inputs[0]!);
  for (const [i, t] of op.outputs.entries()) {
    x.write(t, x.node('Gather', [value, x.writer.scalar('int64', i)], { axis }));
  }
}

export function pack(op: Op<'PACK'>, x: Exporter): void {
  const { shape } = outputTensor(x.graph, op);
  const axis = axisOf(op.attributes.axis, shape.length)!;
  const one = shape.map((d, i) => (i === axis ? 1 : d));
  const parts = op.inputs.map((t) => x.reshaped(x.real(t), one));
  x.write(op.outputs[0]!, x.node('Concat', parts, { axis }));
}

interface Cut {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

/** @param cuts by axis of the graph */
function sliced(x: Exporter, value: Value, layout: Layout, cuts: readonly Cut[]): Value {
  const own = eachAxisIn(layout, cuts);
  const ends = own.map(({ start, stride, count }) => {
    const end = start + stride * count;
    // −1 would be the last entry.
    return end < 0 ? -0x7fffffff : end;
  });
  const lists = [own.map(({ start }) => start), ends, own.map((_, i) => i), own.map(({ stride }) => stride)];
  return x.node('Slice', [value, ...lists.map((list) => x.writer.integers(list))]);
}

export function slice(op: Op<'SLICE'>, x: Exporter): void {
  const { shape } = outputTensor(x.graph, op);
  const layout = imageLayout(x, op.inputs[0]!);
  const cuts = sliceBegin(op, x.graph).map((start, i) => ({ start, stride: 1, count: shape[i]! }));
  x.write(op.outputs[0]!, sliced(x, x.real(op.inputs[0]!, layout), layout, cuts), layout);
}

export function stridedSlice(op: Op<'STRIDED_SLICE'>, x: Exporter): void {
  const { axes, shape } = slicesOf(op, x.graph)!;
  const counts = axes.map(({ count }) => count);
  const same = counts.join() === shape.join();
  const layout = same ? imageLayout(x, op.inputs[0]!) : 'last';
  const value = sliced(x, x.real(op.inputs[0]!, layout), layout, axes);
  x.write(op.outputs[0]!, same ? value : x.reshaped(value, shape), layout);
}

export function reverseV2(op: Op<'REVERSE_V2'>, x: Exporter): void {
  const { shape } = inputTensor(x.graph, op);
  const axes = integersOf(op, x.graph, 1)!.map((axis) => axisOf(axis, shape.length)!);
  const layout = imageLayout(x, op.inputs[0]!);
  const cuts = shape.map((count, axis) =>
    axes.includes(axis) ? { start: count - 1, stride: -1, count } : { start: 0, stride: 1, count },
  );
  x.write(op.outputs[0]!, sliced(x, x.real(op.inputs[0]!, layout), layout, cuts), layout);
}

/** With batches GatherND, which asks for the axis right behind them. */
export function gather(op: Op<'GATHER'>, x: Exporter): void {
  const [table, numbers] = op.inputs as readonly [number, number];
  const { shape } = x.tensor(table);
  const { shape: places } = x.tensor(numbers);
  const axis = gatherAxis(op, x.graph)!;
  const { batchDims } = op.attributes;
  const batch = batchDims < 0 ? batchDims + places.length : batchDims;
  const indices = x.raw(numbers);
  if (batch === 0) {
    x.write(op.outputs[0]!, x.node('Gather', [x.real(table), indices], { axis }));
    return;
  }
  const axes = shape.map((_, i) => i);
  const between = axes.slice(batch, axis);
  const moved = [...axes.slice(0, batch), axis, ...between, ...axes.slice(axis + 1)];
  const entries = x.transposed(x.real(table), moved);
  const wide =
    x.tensor(numbers).dtype === 'int64' ? indices : x.node('Cast', [indices], { to: onnxTypeOf.int64 });
  const found = x.node('GatherND', [entries, x.reshaped(wide, [...places, 1])], { batch_dims: batch });
  // [batch, places, between, behind] → [batch, between, places, behind]
  const made = [...places, ...between.map((i) => shape[i]!), ...shape.slice(axis + 1)];
  const count = places.length;
  const back = made.map((_, i) => {
    if (i < batch || i >= count + between.length) return i;
    return i < batch + between.length ? i - batch + count : i - between.length;
  });
  x.write(op.outputs[0]!, x.transposed(found, back));
}

export function gatherNd(op: Op<'GATHER_ND'>, x: Exporter): void {
  const [table, numbers] = op.inputs as readonly [number, number];
  const indices = x.raw(numbers);
  const wide =
    x.tensor(numbers).dtype === 'int64' ? indices : x.node('Cast', [indices], { to: onnxTypeOf.int64 });
  x.write(op.outputs[0]!, x.node('GatherND', [x.real(table), wide]));
}

/** ONNX has both for real numbers only, in the order of channels that TensorFlow has. */
export function spaceToDepth(op: Op<'SPACE_TO_DEPTH'>, x: Exporter): void {
  const { blockSize: block } = op.attributes;
  if (isReal(x, op.inputs[0]!)) {
    const value = x.node('SpaceToDepth', [x.real(op.inputs[0]!, 'first')], { blocksize: block });
    x.write(op.outputs[0]!, value, 'first');
    return;
  }
  const [batch, rows, columns, depth] = outputTensor(x.graph, op).shape as readonly number[] & { length: 4 };
  const dealt = [batch!, rows!, block, columns!, block, depth! / block ** 2];
  const blocks = x.transposed(x.reshaped(x.real(op.inputs[0]!), dealt), [0, 1, 3, 2, 4, 5]);
  x.write(op.outputs[0]!, x.reshaped(blocks, outputTensor(x.graph, op).shape));
}

export function depthToSpace(op: Op<'DEPTH_TO_SPACE'>, x: Exporter): void {
  const { blockSize: block } = op.attributes;
  if (isReal(x, op.inputs[0]!)) {
    const value = x.node('DepthToSpace', [x.real(op.inputs[0]!, 'first')], { blocksize: block, mode: 'DCR' });
    x.write(op.outputs[0]!, value, 'first');
    return;
  }
  const [batch, rows, columns, depth] = inputTensor(x.graph, op).shape;
  const dealt = [batch!, rows!, columns!, block, block, depth! / block ** 2];
  const blocks = x.transposed(x.reshaped(x.real(op.inputs[0]!), dealt), [0, 1, 3, 2, 4, 5]);
  x.write(op.outputs[0]!, x.reshaped(blocks, outputTensor(x.graph, op).shape));
}

function isReal(x: Exporter, tensor: number): boolean {
  return x.tensor(tensor).dtype === 'float32' || isQuantized(x.tensor(tensor));
}

/** [batch, rows · block, …] padded → [block, batch, rows, …] */
export function spaceToBatchNd(op: Op<'SPACE_TO_BATCH_ND'>, x: Exporter): void {
  const [input, output] = [inputTensor(x.graph, op), outputTensor(x.graph, op)];
  const block = blockOf(op, x.graph);
  const margins = [[0, 0] as const, ...marginsOf(op, x.graph)];
  const depth = input.shape.slice(block.length + 1);
  const pads = [0, 1].map((side) => [...margins.map((pair) => pair[side]!), ...depth.map(() => 0)]);
  // The kernel pads with 0 as it stands, whatever the zero point.
  const zero = () => x.scalarLike(output, x.realOf(output, 0));
  const value = padded(x, x.real(op.inputs[0]!), output, pads.flat(), zero);
  const space = output.shape.slice(1, block.length + 1);
  const dealt = [input.shape[0]!, ...space.flatMap((d, i) => [d, block[i]!]), ...depth];
  const rows = block.map((_, i) => 2 * i + 1);
  const order = [...rows.map((i) => i + 1), 0, ...rows, ...depth.map((_, i) => 2 * block.length + 1 + i)];
  x.write(op.outputs[0]!, x.reshaped(x.transposed(x.reshaped(value, dealt), order), output.shape));
}

/** [block, batch, rows, …] → [batch, rows · block, …], cropped */
export function batchToSpaceNd(op: Op<'BATCH_TO_SPACE_ND'>, x: Exporter): void {
  const [input, output] = [inputTensor(x.graph, op), outputTensor(x.graph, op)];
  const block = blockOf(op, x.graph);
  const count = block.length;
  const [space, depth] = [input.shape.slice(1, count + 1), input.shape.slice(count + 1)];
  const batch = input.shape[0]! / elementCount(block);
  const dealt = [...block, batch, ...space, ...depth];
  const pairs = block.flatMap((_, i) => [count + 1 + i, i]);
  const order = [count, ...pairs, ...depth.map((_, i) => 2 * count + 1 + i)];
  const blocks = x.transposed(x.reshaped(x.real(op.inputs[0]!), dealt), order);
  const whole = x.reshaped(blocks, [batch, ...space.map((d, i) => d * block[i]!), ...depth]);
  const starts = [0, ...marginsOf(op, x.graph).map(([before]) => before), ...depth.map(() => 0)];
  const cuts = starts.map((start, i) => ({ start, stride: 1, count: output.shape[i]! }));
  x.write(op.outputs[0]!, sliced(x, whole, 'last', cuts));
}

/**
 * @param like whose type is padded @param pads all before, then all behind, by axis as ONNX has them
 * @param by gives a value of that type, where one is asked for
 */
export function padded(
  x: Exporter,
  value: Value,
  like: Tensor,
  pads: readonly number[],
  by: () => Value,
): Value {
  if (pads.every((n) => n === 0)) return value;
  const pad = (data: Value, constant: Value) => x.node('Pad', [data, x.writer.integers(pads), constant]);
  // ONNX Runtime pads no int16.
  if (like.dtype !== 'int16' || isQuantized(like)) return pad(value, by());
  const wide = [value, by()].map((v) => x.node('Cast', [v], { to: onnxTypeOf.int32 }));
  return x.node('Cast', [pad(wide[0]!, wide[1]!)], { to: onnxTypeOf.int16 });
}

export function tile(op: Op<'TILE'>, x: Exporter): void {
  const layout = imageLayout(x, op.inputs[0]!);
  const repeats = eachAxisIn(layout, integersOf(op, x.graph, 1)!);
  x.write(
    op.outputs[0]!,
    x.node('Tile', [x.real(op.inputs[0]!, layout), x.writer.integers(repeats)]),
    layout,
  );
}

/** BROADCAST_TO and FILL: as many copies as the output has room for. */
export function expand<T extends OpType>(data: number): (op: Op<T>, x: Exporter) => void {
  return (op, x) => {
    const { shape } = outputTensor(x.graph, op);
    const value = x.real(op.inputs[data]!);
    // ONNX has no shape of a scalar to expand to.
    x.write(op.outputs[0]!, shape.length === 0 ? value : x.node('Expand', [value, x.writer.integers(shape)]));
  };
}

/** SHAPE and ZEROS_LIKE, which are known: shapes are. */
export function shape(op: Op<'SHAPE'>, x: Exporter): void {
  const { shape: values } = inputTensor(x.graph, op);
  const { dtype } = outputTensor(x.graph, op);
  const data = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
  x.writeRaw(op.outputs[0]!, x.writer.initializer(dtype, [values.length], data));
}

export function zerosLike(op: Op<'ZEROS_LIKE'>, x: Exporter): void {
  const { dtype, shape: dims } = outputTensor(x.graph, op);
  const zero = x.writer.scalar(dtype, 0);
  x.writeRaw(op.outputs[0]!, dims.length === 0 ? zero : x.node('Expand', [zero, x.writer.integers(dims)]));
}
