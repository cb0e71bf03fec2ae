/** Resize, and Upsample of older operator sets → RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR. */
import { type NodeContext, type NodeImporter, optionalConstant } from '../node_context.js';
import { Unsupported } from '../value.js';
import { imageInput, imageValue } from './image.js';

export const resize: NodeImporter = (context) => {
  const { node, graph } = context;
  const image = imageInput(context);
  const rank = image.value.dims.length;
  const dims = resizedDims(context, image.value.dims);
  const [n, c, ...spatial] = dims as [number, number, ...number[]];
  if (n !== image.value.dims[0] || c !== image.value.dims[1]) {
    throw new Unsupported(`resizes [${image.value.dims}] to [${dims}]; only rows and columns can be`);
  }
  const size = rank === 3 ? [1, spatial[0]!] : [spatial[0]!, spatial[1]!];
  const shape = [n, size[0]!, size[1]!, c];
  const inputs = [image.tensor, graph.integers(`${node.name}/size`, size)];
  const attributes = sampling(context, image.value.dims, dims);
  const mode = node.string('mode') ?? 'nearest';
  if (mode !== 'nearest' && mode !== 'linear') {
    throw new Unsupported(`resizes by mode ${mode}; nearest and linear are supported`);
  }
  const type = mode === 'nearest' ? 'RESIZE_NEAREST_NEIGHBOR' : 'RESIZE_BILINEAR';
  return [imageValue(graph.one(type, node.name, inputs, attributes, 'float32', shape), shape, rank)];
};

/** By sizes or by factors, which are an attribute in operator set 7, input 1 in 9 and 10, and input 2 since. */
function resizedDims(context: NodeContext, dims: readonly number[]): number[] {
  const { node } = context;
  const old = node.type === 'Upsample' || node.opset < 11;
  const sizes = old ? undefined : optionalConstant(context, 3, 'sizes')?.values;
  if (sizes && sizes.length === dims.length) return [...sizes];
  const factors = node.numbers('scales') ?? optionalConstant(context, old ? 1 : 2, 'scales')?.values;
  if (!factors || factors.length !== dims.length)
    throw new Unsupported('resizes some axes only, or by nothing');
  return dims.map((d, i) => {
    const exact = d * factors[i]!;
    // TensorFlow Lite knows sizes only: the factor has to be their quotient.
    if (Math.abs(exact - Math.round(exact)) < 1e-4) return Math.round(exact);
    throw new Unsupported(`resizes ${d} values by ${factors[i]}, to no whole number`);
  });
}

/** Where between the values of the input each value of the output is taken. */
function sampling({ node }: NodeContext, from: readonly number[], to: readonly number[]) {
  // Before operator set 11 every coordinate is x / factor.
  const old = node.type === 'Upsample' || node.opset < 11;
  const coordinates = old ? 'asymmetric' : (node.string('coordinate_transformation_mode') ?? 'half_pixel');
  const nearest = (node.string('mode') ?? 'nearest') === 'nearest';
  const rounding = old ? 'floor' : (node.string('nearest_mode') ?? 'round_prefer_floor');
  const whole = to.every((d, i) => d % from[i]! === 0);
  const known =
    coordinates === 'asymmetric'
      ? !nearest || rounding === 'floor'
      : coordinates === 'half_pixel' ||
          (coordinates === 'pytorch_half_pixel' && to.slice(2).every((d) => d > 1))
        ? // Rounding to the nearest has no ties where factors are whole.
          !nearest || (whole && rounding.startsWith('round'))
        : coordinates === 'align_corners' && !nearest;
  if (!known)
    throw new Unsupported(`resizes by ${coordinates} coordinates${nearest ? ` and ${rounding}` : ''}`);
  return {
    alignCorners: coordinates === 'align_corners',
    halfPixelCenters: coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel',
  };
}
