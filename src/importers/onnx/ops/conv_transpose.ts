/**
 * ConvTranspose → TRANSPOSE_CONV. Where neither SAME nor VALID crops as ONNX does, all of the sums are written and a SLICE
 * takes what is asked for.
 */
import { computeOutSize, computePadding, type Padding } from '../../../numerics/padding.js';
import { constantInput, type NodeContext, type NodeImporter, optionalConstant } from '../node_context.js';
import { permuted, reshaped } from '../permute.js';
import { type Constant, Unsupported } from '../value.js';
import { imageInput, imageValue } from './image.js';

/** Each of them is three operators. */
const mostGroups = 64;

/** One axis: `size` values in, `output` out, from `before` of the sums on. */
interface Side {
  readonly size: number;
  readonly filter: number;
  readonly stride: number;
  readonly before: number;
  readonly output: number;
}

const single: Side = { size: 1, filter: 1, stride: 1, before: 0, output: 1 };

export const convTranspose: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const { dims } = image.value;
  const rank = dims.length;
  const channels = dims[1]!;
  const weights = constantInput(context, 1, 'weights');
  const bias = optionalConstant(context, 2, 'bias');
  const groups = node.number('group') ?? 1;
  if (weights.dims.length !== rank || weights.dims[0] !== channels || channels % groups !== 0)
    throw new Unsupported(`has weights [${weights.dims}] in ${groups} groups for an input of [${dims}]`);
  if (groups > mostGroups) throw new Unsupported(`has ${groups} groups; at most ${mostGroups} are written`);
  const outputs = weights.dims[1]! * groups;
  if (bias && bias.values.length !== outputs)
    throw new Unsupported(`has ${bias.values.length} biases for ${outputs} channels`);
  const sides = sidesOf(context, dims.slice(2), weights.dims.slice(2));
  const [rows, columns] = rank === 3 ? [single, sides[0]!] : (sides as [Side, Side]);
  const padding = paddingOf(rows, columns);
  // Without SAME or VALID: everything up to the last value that is asked for.
  const whole = (side: Side) =>
    padding ? side.output : Math.max((side.size - 1) * side.stride + side.filter, side.before + side.output);
  const [n, height, width] = [dims[0]!, whole(rows), whole(columns)];
  const one = (name: string, tensor: number, kernel: Constant, offsets: Constant | undefined) => {
    const shape = [n, height, width, kernel.dims[1]!];
    // [C, M, H, W] → OHWI.
    const ohwi = permuted(kernel, rank === 3 ? [1, -1, 2, 0] : [1, 2, 3, 0]);
    const inputs = [graph.integers(`${name}/shape`, shape), graph.constantTensor(ohwi), tensor];
    if (offsets) inputs.push(graph.constantTensor(reshaped(offsets, [kernel.dims[1]!])));
    const attributes = {
      padding: padding ?? 'VALID',
      stride: { height: rows.stride, width: columns.stride },
      activation: 'NONE',
    } as const;
    return graph.one('TRANSPOSE_CONV', name, inputs, attributes, 'float32', shape);
  };
  const shape = [n, rows.output, columns.output, outputs];
  const name = padding ? node.name : `${node.name}/sums`;
  let result =
    groups === 1
      ? one(name, image.tensor, weights, bias)
      : grouped(context, name, { tensor: image.tensor, shape: image.shape }, weights, bias, groups, one);
  if (!padding) {
    const begin = graph.integers(`${node.name}/begin`, [0, rows.before, columns.before, 0]);
    const size = graph.integers(`${node.name}/size`, shape);
    result = graph.one('SLICE', node.name, [result, begin, size], {}, 'float32', shape);
  }
  return [imageValue(result, shape, rank)];
};

function grouped(
  { graph }: NodeContext,
  name: string,
  image: { readonly tensor: number; readonly shape: readonly number[] },
  weights: Constant,
  bias: Constant | undefined,
  groups: number,
  one: (name: string, tensor: number, kernel: Constant, offsets: Constant | undefined) => number,
): number {
  const axis = graph.integers(`${name}/axis`, [3], []);
  const part = [...image.shape.slice(0, 3), image.shape[3]! / groups];
  const shapes = new Array<readonly number[]>(groups).fill(part);
  const inputs = [axis, image.tensor];
  const split = graph.op('SPLIT', `${name}/split`, inputs, { numSplits: groups }, 'float32', ...shapes);
  const share = (constant: Constant, i: number, dims: readonly number[]): Constant => {
    const size = constant.values.length / groups;
    const { quantized: _, ...real } = constant;
    return { ...real, dims, values: constant.values.slice(i * size, (i + 1) * size) };
  };
  const results = split.map((tensor, i) =>
    one(
      `${name}/group_${i}`,
      tensor,
      share(weights, i, [weights.dims[0]! / groups, ...weights.dims.slice(1)]),
      bias && share(bias, i, [weights.dims[1]!]),
    ),
  );
  const shape = [...graph.tensors[results[0]!]!.shape];
  shape[3]! *= groups;
  return graph.one('CONCATENATION', name, results, { axis: 3 }, 'float32', shape);
}

function sidesOf({ node }: NodeContext, spatial: readonly number[], filter: readonly number[]): Side[] {
  const rank = spatial.length;
  const list = (name: string, length: number, otherwise: number, least: number) => {
    const values = node.numbers(name) ?? new Array<number>(length).fill(otherwise);
    if (values.length === length && values.every((v) => Number.isInteger(v) && v >= least)) return values;
    throw new Unsupported(`has the ${name} [${values}]`);
  };
  const [strides, dilations] = [list('strides', rank, 1, 1), list('dilations', rank, 1, 1)];
  const [pads, more] = [list('pads', 2 * rank, 0, 0), list('output_padding', rank, 0, 0)];
  const wanted = node.numbers('output_shape')?.slice(-rank);
  if (wanted && wanted.length !== rank) throw new Unsupported(`has the output_shape [${wanted}]`);
  if (dilations.some((d) => d !== 1))
    throw new Unsupported(`has the dilations [${dilations}]; 1 is supported`);
  const autoPad = node.string('auto_pad') ?? 'NOTSET';
  return spatial.map((size, i): Side => {
    const [stride, k] = [strides[i]!, filter[i]!];
    if (more[i]! >= stride)
      throw new Unsupported(`has an output_padding of ${more[i]} for strides of ${stride}`);
    const all = (size - 1) * stride + k + more[i]!;
    const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
    const output = wanted?.[i] ?? (same ? size * stride : undefined);
    if (output === undefined) {
      const [before, after] = autoPad === 'VALID' ? [0, 0] : [pads[i]!, pads[rank + i]!];
      return { size, filter: k, stride, before, output: all - before - after };
    }
    const total = Math.max(0, all - output);
    const less = Math.floor(total / 2);
    return { size, filter: k, stride, before: autoPad === 'SAME_UPPER' ? less : total - less, output };
  });
}

/** What crops both axes as they are to be, of the sizes that TensorFlow Lite takes for that padding. */
function paddingOf(...sides: readonly Side[]): Padding | undefined {
  return (['VALID', 'SAME'] as const).find((padding) =>
    sides.every(({ size, filter, stride, before, output }) => {
      const input = computeOutSize(padding, output, filter, stride, 1);
      return input === size && computePadding(stride, 1, output, filter, input) === before;
    }),
  );
}
