/** Concat, Split, Slice, Gather, Pad, DepthToSpace: values that go elsewhere. */
import {
  activation,
  input,
  listOf,
  type NodeContext,
  type NodeImporter,
  optionalConstant,
} from '../node_context.js';
import { type Activation, axisFrom, identity, storedShape, Unsupported, type Value } from '../value.js';
import { imageInput, imageValue } from './image.js';
import { without } from './view.js';

export const concat: NodeImporter = (context) => {
  const { node, graph, inputs } = context;
  const first = inputs.findIndex((value) => value?.kind === 'activation');
  const lead = input(context, Math.max(first, 0));
  const axis = axisFrom(node.number('axis') ?? 1, lead.dims.length);
  const values = inputs.map((_, i) => input(context, i));
  const { order } = values.find((v) => v.order.some((a, i) => a !== i)) ?? lead;
  const fits = (v: Activation) =>
    v.dims.length === lead.dims.length && v.dims.every((d, i) => i === axis || d === lead.dims[i]);
  if (!values.every(fits))
    throw new Unsupported(`joins ${values.map((v) => `[${v.dims}]`).join(', ')} along axis ${axis}`);
  const dims = lead.dims.map((d, i) => (i === axis ? values.reduce((n, v) => n + v.dims[i]!, 0) : d));
  const tensors = values.map((v) => graph.inOrder(v, order));
  const attributes = { axis: order.indexOf(axis) };
  const tensor = graph.one(
    'CONCATENATION',
    node.name,
    tensors,
    attributes,
    lead.dtype,
    storedShape(dims, order),
  );
  return [activation(tensor, dims, order, lead.dtype)];
};

export const split: NodeImporter = (context) => {
  const { node, graph } = context;
  const value = input(context);
  const { order, dtype } = value;
  const axis = axisFrom(node.number('axis') ?? 0, value.dims.length);
  const parts = node.outputs.length;
  const length = value.dims[axis]!;
  // Without sizes the parts are equal, and the last one may be shorter.
  const even = Math.ceil(length / parts);
  const sizes =
    listOf(context, 'split', 1) ?? Array.from({ length: parts }, (_, i) => Math.min(even, length - i * even));
  if (sizes.length !== parts || sizes.reduce((a, b) => a + b, 0) !== length) {
    throw new Unsupported(`splits ${length} entries into ${parts} parts of [${sizes}]`);
  }
  const dims = sizes.map((size) => value.dims.map((d, i) => (i === axis ? size : d)));
  const at = graph.integers(`${node.name}/axis`, [order.indexOf(axis)], []);
  const shapes = dims.map((d) => storedShape(d, order));
  const attributes = { numSplits: parts };
  const tensors = sizes.every((size) => size === sizes[0])
    ? graph.op('SPLIT', node.name, [at, value.tensor], attributes, dtype, ...shapes)
    : graph.op(
        'SPLIT_V',
        node.name,
        [value.tensor, graph.integers(`${node.name}/sizes`, sizes), at],
        attributes,
        dtype,
        ...shapes,
      );
  return tensors.map((tensor, i) => activation(tensor, dims[i]!, order, dtype));
};

/** One stretch along each axis. */
interface Stretch {
  readonly begin: number;
  readonly step: number;
  readonly count: number;
}

/** Attributes before operator set 10, inputs since. */
export const slice: NodeImporter = (context) => {
  const value = input(context);
  const stretches = stretchesOf(context, value.dims);
  const backwards = stretches.flatMap(({ step, count }, axis) => (step < 0 && count > 0 ? [axis] : []));
  if (backwards.length === 0) return [sliced(context, context.node.name, value, stretches)];
  // The same entries forwards, and then the other way round.
  const forwards = stretches.map(({ begin, step, count }) =>
    step < 0 ? { begin: begin + (count - 1) * step, step: -step, count } : { begin, step, count },
  );
  const chosen = sliced(context, `${context.node.name}/forwards`, value, forwards);
  return [reversedAlong(context, chosen, backwards)];
};

/** @throws Unsupported for lists that do not fit */
export function stretchesOf(context: NodeContext, dims: readonly number[]): Stretch[] {
  const list = (name: string, i: number) => listOf(context, name, i);
  const [starts, ends] = [list('starts', 1) ?? [], list('ends', 2) ?? []];
  const axes = list('axes', 3) ?? identity(starts.length);
  const steps = optionalConstant(context, 4, 'steps')?.values ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw new Unsupported(`slices from [${starts}] to [${ends}] along the axes [${axes}]`);
  }
  const stretches: Stretch[] = dims.map((d) => ({ begin: 0, step: 1, count: d }));
  axes.forEach((given, i) => {
    const axis = axisFrom(given, dims.length);
    const [size, step] = [dims[axis]!, steps[i]!];
    if (step === 0) throw new Unsupported('slices with the step 0');
    const clamp = (v: number, low: number, high: number) =>
      Math.min(Math.max(v < 0 ? v + size : v, low), high);
    const begin = clamp(starts[i]!, 0, step > 0 ? size : size - 1);
    const end = clamp(ends[i]!, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    stretches[axis] = { begin, step, count: Math.max(0, Math.ceil((end - begin) / step)) };
  });
  return stretches;
}

function reversedAlong({ node, graph }: NodeContext, value: Activation, axes: readonly number[]): Activation {
  const { dims, order, dtype } = value;
  const along = graph.integers(
    `${node.name}/axes`,
    axes.map((axis) => order.indexOf(axis)),
  );
  const shape = storedShape(dims, order);
  return { ...value, tensor: graph.one('REVERSE_V2', node.name, [value.tensor, along], {}, dtype, shape) };
}

function sliced(
  { graph }: NodeContext,
  name: string,
  value: Activation,
  stretches: readonly Stretch[],
): Activation {
  const { order, dtype } = value;
  const dims = stretches.map(({ count }) => count);
  if (dims.every((d, i) => d === value.dims[i]) && stretches.every(({ step }) => step === 1)) return value;
  const along = (of: (s: Stretch) => number, otherwise: number) =>
    order.map((axis) => (axis < 0 ? otherwise : of(stretches[axis]!)));
  const begin = graph.integers(
    `${name}/begin`,
    along((s) => s.begin, 0),
  );
  const shape = storedShape(dims, order);
  if (stretches.every(({ step }) => step === 1)) {
    const size = graph.integers(`${name}/size`, shape);
    return activation(
      graph.one('SLICE', name, [value.tensor, begin, size], {}, dtype, shape),
      dims,
      order,
      dtype,
    );
  }
  const end = graph.integers(
    `${name}/end`,
    along((s) => s.begin + s.count * s.step, 1),
  );
  const steps = graph.integers(
    `${name}/strides`,
    along((s) => s.step, 1),
  );
  const masks = {
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
    offset: false,
  };
  const tensor = graph.one('STRIDED_SLICE', name, [value.tensor, begin, end, steps], masks, dtype, shape);
  return activation(tensor, dims, order, dtype);
}

export const gather: NodeImporter = (context) => {
  const { node, graph, inputs } = context;
  const value = input(context);
  const axis = axisFrom(node.number('axis') ?? 0, value.dims.length);
  const chosen = inputs[1];
  if (chosen?.kind !== 'constant') return [lookup(context, value, axis)];
  const length = value.dims[axis]!;
  const indices = [...chosen.values].map((i) => (i < 0 ? i + length : i));
  if (!indices.every((i) => i >= 0 && i < length))
    throw new Unsupported(`gathers [${indices}] of ${length} entries`);
  if (chosen.dims.length === 0) {
    const stretches = value.dims.map((d, i) =>
      i === axis ? { begin: indices[0]!, step: 1, count: 1 } : { begin: 0, step: 1, count: d },
    );
    return [without(sliced(context, node.name, value, stretches), [axis])];
  }
  if (chosen.dims.length !== 1) throw new Unsupported(`gathers by indices of shape [${chosen.dims}]`);
  const dims = value.dims.map((d, i) => (i === axis ? indices.length : d));
  const { order, dtype } = value;
  const attributes = { axis: order.indexOf(axis), batchDims: 0 };
  const by = graph.integers(`${node.name}/indices`, indices);
  const tensor = graph.one(
    'GATHER',
    node.name,
    [value.tensor, by],
    attributes,
    dtype,
    storedShape(dims, order),
  );
  return [activation(tensor, dims, order, dtype)];
};

/** A table by indices that the model computes or is given, as embeddings are. */
function lookup(context: NodeContext, given: Activation, axis: number): Activation {
  const { node, graph } = context;
  const [table, indices] = [graph.plain(given), graph.plain(input(context, 1))];
  const dims = [...table.dims.slice(0, axis), ...indices.dims, ...table.dims.slice(axis + 1)];
  const inputs = [table.tensor, indices.tensor];
  const tensor = graph.one('GATHER', node.name, inputs, { axis, batchDims: 0 }, table.dtype, dims);
  return activation(tensor, dims, identity(dims.length), table.dtype);
}

export const pad: NodeImporter = (context) => {
  const { node, graph } = context;
  const value = input(context);
  const { dims, order, dtype } = value;
  const rank = dims.length;
  const amounts = listOf(context, 'pads', 1) ?? [];
  const axes = optionalConstant(context, 3, 'axes')?.values ?? identity(rank);
  if (amounts.length !== 2 * axes.length) throw new Unsupported(`pads ${axes.length} axes by [${amounts}]`);
  if (amounts.some((p) => p < 0)) throw new Unsupported(`pads by the negative [${amounts}]`);
  const around = dims.map(() => [0, 0]);
  [...axes].forEach((axis, i) => {
    around[axisFrom(axis, rank)] = [amounts[i]!, amounts[axes.length + i]!];
  });
  if (amounts.every((p) => p === 0)) return [value];
  const padded = dims.map((d, i) => d + around[i]![0]! + around[i]![1]!);
  const shape = storedShape(padded, order);
  const mode = node.string('mode') ?? 'constant';
  if (mode === 'edge' || mode === 'wrap') return [continued(context, value, around, mode)];
  const paddings = graph.integers(
    `${node.name}/paddings`,
    order.flatMap((axis) => (axis < 0 ? [0, 0] : around[axis]!)),
    [order.length, 2],
  );
  const result = (tensor: number): Value[] => [activation(tensor, padded, order, dtype)];
  if (mode === 'reflect') {
    return result(
      graph.one('MIRROR_PAD', node.name, [value.tensor, paddings], { mode: 'REFLECT' }, dtype, shape),
    );
  }
  if (mode !== 'constant')
    throw new Unsupported(`pads in mode ${mode}; constant, reflect, edge and wrap are supported`);
  const filling = node.number('value') ?? optionalConstant(context, 2, 'value')?.values[0] ?? 0;
  if (filling === 0) return result(graph.one('PAD', node.name, [value.tensor, paddings], {}, dtype, shape));
  const constant = graph.floats(`${node.name}/value`, [filling], []);
  return result(graph.one('PADV2', node.name, [value.tensor, paddings, constant], {}, dtype, shape));
};

/** Of an axis; beyond this it is a mistake: no microcontroller has the memory. */
const longest = 2 ** 20;

/** Padding by values of the input itself, chosen axis by axis: its first and last ones, or those of its other end. */
function continued(
  { node, graph }: NodeContext,
  value: Activation,
  around: readonly (readonly number[])[],
  mode: 'edge' | 'wrap',
): Activation {
  const axes = around.flatMap(([before, after], axis) => (before! + after! > 0 ? [axis] : []));
  let x = value;
  axes.forEach((axis, i) => {
    const [length, [before, after]] = [x.dims[axis]!, around[axis] as [number, number]];
    if (before + length + after > longest)
      throw new Unsupported(`pads ${length} values to ${before + length + after}`);
    const from = Array.from({ length: before + length + after }, (_, k) => {
      const at = k - before;
      return mode === 'edge' ? Math.min(Math.max(at, 0), length - 1) : ((at % length) + length) % length;
    });
    const dims = x.dims.map((d, a) => (a === axis ? from.length : d));
    const name = i === axes.length - 1 ? node.name : `${node.name}/axis_${axis}`;
    const inputs = [x.tensor, graph.integers(`${name}/indices`, from)];
    const attributes = { axis: x.order.indexOf(axis), batchDims: 0 };
    const shape = storedShape(dims, x.order);
    x = { ...x, dims, tensor: graph.one('GATHER', name, inputs, attributes, x.dtype, shape) };
  });
  return x;
}

/** TensorFlow's order of a block's channels is ONNX's DCR; of CRD, as PyTorch's PixelShuffle is, they are rearranged before. */
export const depthToSpace: NodeImporter = (context) => {
  const { node, graph } = context;
  const mode = node.string('mode') ?? 'DCR';
  if (mode !== 'DCR' && mode !== 'CRD')
    throw new Unsupported(`is in mode ${mode}; DCR and CRD are supported`);
  const image = imageInput(context);
  const blockSize = node.number('blocksize') ?? 1;
  const [n, h, w, c] = image.shape as readonly [number, number, number, number];
  const block = blockSize ** 2;
  const shape = [n, h * blockSize, w * blockSize, c / block];
  let { tensor } = image;
  if (mode === 'CRD' && block > 1 && c > block) {
    const channels = Array.from(
      { length: c },
      (_, i) => (i % (c / block)) * block + Math.floor(i / (c / block)),
    );
    const inputs = [tensor, graph.integers(`${node.name}/channels`, channels)];
    const name = `${node.name}/rearranged`;
    tensor = graph.one('GATHER', name, inputs, { axis: 3, batchDims: 0 }, 'float32', image.shape);
  }
  return [
    imageValue(
      graph.one('DEPTH_TO_SPACE', node.name, [tensor], { blockSize }, 'float32', shape),
      shape,
      image.value.dims.length,
    ),
  ];
};

export const spaceToDepth: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const blockSize = node.number('blocksize') ?? 1;
  const [n, h, w, c] = image.shape as readonly [number, number, number, number];
  const shape = [n, h / blockSize, w / blockSize, c * blockSize ** 2];
  return [
    imageValue(
      graph.one('SPACE_TO_DEPTH', node.name, [image.tensor], { blockSize }, 'float32', shape),
      shape,
      image.value.dims.length,
    ),
  ];
};
