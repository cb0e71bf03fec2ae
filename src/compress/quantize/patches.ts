/** The pieces of an input that the output channels of a layer with weights see, and their moments. */
import { elementCount, inputTensor } from '../../graph/access.js';
import type { AnyOp, Graph, Op } from '../../graph/graph.js';
import { conv2dParameters } from '../../ops/conv_2d.js';
import type { Extent, Image } from '../../ops/convolution.js';
import { depthwiseConv2dParameters } from '../../ops/depthwise_conv_2d.js';

/** Output channels of one group read the same patches: [row][column][channel of the group]. */
export interface Patches {
  readonly groups: number;
  /** Output channels of a group. */
  readonly outputs: number;
  /** Values of a patch, as many as an output channel has weights. */
  readonly size: number;
  readonly input: Image;
  readonly output: Extent;
  readonly filter: Extent;
  readonly stride: Extent;
  readonly dilation: Extent;
  readonly padding: { readonly top: number; readonly left: number };
  /** Index of an output channel's k-th weight. */
  readonly weightIndex: (output: number, k: number) => number;
}

/** @param graph float; undefined for a layer whose outputs do not all weigh what they see the same way: TRANSPOSE_CONV */
export function patchesOf(graph: Graph, op: AnyOp): Patches | undefined {
  if (op.type === 'CONV_2D') {
    const p = conv2dParameters(op as Op<'CONV_2D'>, graph);
    const size = p.filter.height * p.filter.width * p.filter.channels;
    const { groups } = p;
    return { ...p, size, outputs: p.output.channels / groups, weightIndex: (o, k) => o * size + k };
  }
  if (op.type === 'DEPTHWISE_CONV_2D') {
    const p = depthwiseConv2dParameters(op as Op<'DEPTHWISE_CONV_2D'>, graph);
    const size = p.filter.height * p.filter.width;
    const { channels } = p.output;
    const weightIndex = (o: number, k: number) => k * channels + o;
    return { ...p, size, groups: p.input.channels, outputs: p.depthMultiplier, weightIndex };
  }
  if (op.type !== 'FULLY_CONNECTED') return undefined;
  const size = inputTensor(graph, op as Op, 1).shape.at(-1)!;
  const outputs = elementCount(inputTensor(graph, op as Op, 1).shape) / size;
  const one = { height: 1, width: 1 };
  const rows = { height: elementCount(inputTensor(graph, op as Op).shape) / size, width: 1 };
  const window = { filter: one, stride: one, dilation: one, padding: { top: 0, left: 0 } };
  const input = { ...rows, channels: size };
  return { groups: 1, outputs, size, input, output: rows, ...window, weightIndex: (o, k) => o * size + k };
}

/** More hardly change the moments; these are spread evenly over samples and places. */
const maxPatches = 4096;

/**
 * Σ x·xᵀ over the patches x of each group, size × size, the upper triangle; centered: of x minus its mean.
 *
 * @param samples of the input, real values, each with all its batches
 */
export function momentsOf(p: Patches, samples: readonly Float32Array[], centered: boolean): Float64Array[] {
  const { size } = p;
  const moments = Array.from({ length: p.groups }, () => new Float64Array(size * size));
  const sums = Array.from({ length: p.groups }, () => new Float64Array(size));
  const places = p.output.height * p.output.width;
  const image = p.input.height * p.input.width * p.input.channels;
  const batches = samples[0]!.length / image;
  const total = samples.length * batches * places;
  const taken = Math.min(total, maxPatches);
  const patch = new Float64Array(size);
  for (let n = 0; n < taken; n++) {
    const at = Math.floor((n * total) / taken);
    const sample = samples[Math.floor(at / (batches * places))]!;
    const batch = Math.floor(at / places) % batches;
    const x = sample.subarray(batch * image, (batch + 1) * image);
    for (let g = 0; g < p.groups; g++) {
      readPatch(p, x, at % places, g, patch);
      addMoments(moments[g]!, sums[g]!, patch);
    }
  }
  if (centered) {
    moments.forEach((m, g) => {
      const s = sums[g]!;
      for (let i = 0; i < size; i++) {
        for (let k = i; k < size; k++) m[i * size + k]! -= (s[i]! * s[k]!) / taken;
      }
    });
  }
  return moments;
}

function addMoments(moments: Float64Array, sums: Float64Array, patch: Float64Array): void {
  const size = patch.length;
  for (let i = 0; i < size; i++) {
    const v = patch[i]!;
    if (v === 0) continue;
    sums[i]! += v;
    for (let k = i; k < size; k++) moments[i * size + k]! += v * patch[k]!;
  }
}

/** What lies outside of the image is 0. */
function readPatch(p: Patches, x: Float32Array, place: number, group: number, patch: Float64Array): void {
  const { input, filter, stride, dilation, padding } = p;
  const channels = p.size / (filter.height * filter.width);
  const top = Math.floor(place / p.output.width) * stride.height - padding.top;
  const left = (place % p.output.width) * stride.width - padding.left;
  let k = 0;
  for (let row = 0; row < filter.height; row++) {
    const y = top + row * dilation.height;
    for (let column = 0; column < filter.width; column++) {
      const c = left + column * dilation.width;
      const inside = y >= 0 && y < input.height && c >= 0 && c < input.width;
      const from = (y * input.width + c) * input.channels + group * channels;
      for (let i = 0; i < channels; i++) patch[k++] = inside ? x[from + i]! : 0;
    }
  }
}
