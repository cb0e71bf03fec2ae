/** Layers that move values: Flatten, Reshape, Permute, ZeroPadding, Cropping, UpSampling, RepeatVector. */
import { elementCount } from '../../../graph/access.js';
import { shown } from '../json.js';
import type { LayerImporter } from '../layer.js';
import type { Options } from '../options.js';
import { Unsupported } from '../value.js';
import { pad, resize, slice } from '../window.js';

export const flatten: LayerImporter = (layer) => {
  layer.options.channelsLast();
  const x = layer.input();
  return layer.graph.reshape(layer.name, x, [1, elementCount(x.shape)]);
};

/** `target_shape` is without the batch; one −1 is what is left. TensorFlow.js writes null for it. */
export const reshape: LayerImporter = (layer) => {
  const target = layer.options.integers('target_shape', -1);
  const x = layer.input();
  const count = elementCount(x.shape);
  const known = target.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const shape = [1, ...target.map((d) => (d === -1 ? count / known : d))];
  const sound = shape.every((d) => Number.isInteger(d) && d > 0);
  if (!sound || elementCount(shape) !== count)
    throw new Unsupported(`cannot turn the shape [${x.shape.join(', ')}] into [${target.join(', ')}]`);
  return layer.graph.reshape(layer.name, x, shape);
};

/** `dims` count from 1, behind the batch. */
export const permute: LayerImporter = (layer) => {
  const dims = layer.options.integers('dims');
  const { tensor, shape } = layer.input();
  const axes = [0, ...dims];
  if ([...axes].sort((a, b) => a - b).join() !== shape.map((_, i) => i).join())
    throw new Unsupported(`permutes ${shape.length - 1} dimensions by [${dims.join(', ')}]`);
  const table = layer.graph.integers(`${layer.name}/axes`, axes);
  const output = axes.map((axis) => shape[axis]!);
  return layer.graph.op('TRANSPOSE', layer.name, [tensor, table], {}, output);
};

/** Before and behind along each dimension: one number for all, one a dimension, or two. */
function sides(
  options: Options,
  key: string,
  rank: 1 | 2,
  standard: number,
): readonly (readonly [number, number])[] {
  const given = options.get(key) ?? standard;
  // Of one dimension, a pair is before and behind.
  const parts = Array.isArray(given) && rank === 1 && given.length === 2 ? [given] : given;
  const list: unknown[] = Array.isArray(parts) ? parts : new Array<unknown>(rank).fill(parts);
  const pairs = list.map((part) => (Array.isArray(part) ? part : [part, part])) as [number, number][];
  const sound = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < 2 ** 20;
  if (pairs.length !== rank || !pairs.every((pair) => pair.length === 2 && pair.every(sound)))
    options.refuse(`its ${key} ${shown(given)} is not one from 0 up for each side`);
  return pairs;
}

export function zeroPadding(rank: 1 | 2): LayerImporter {
  return (layer) => {
    layer.options.channelsLast();
    const pairs = sides(layer.options, 'padding', rank, 1);
    const x = layer.input(rank + 2);
    return pad(layer.graph, layer.name, x, [[0, 0], ...pairs, [0, 0]]);
  };
}

export function cropping(rank: 1 | 2): LayerImporter {
  return (layer) => {
    layer.options.channelsLast();
    const pairs = sides(layer.options, 'cropping', rank, rank === 1 ? 1 : 0);
    const x = layer.input(rank + 2);
    const cut = [[0, 0], ...pairs, [0, 0]] as const;
    const size = x.shape.map((d, i) => d - cut[i]![0] - cut[i]![1]);
    return slice(
      layer.graph,
      layer.name,
      x,
      cut.map(([before]) => before),
      size,
    );
  };
}

/** [1, n] → [1, times, n]. */
export const repeatVector: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const times = options.count('n');
  const x = layer.input(2);
  const target = [1, times, x.shape[1]!];
  const row = graph.reshape(`${name}/row`, x, [1, 1, x.shape[1]!]);
  return graph.op('BROADCAST_TO', name, [row.tensor, graph.integers(`${name}/shape`, target)], {}, target);
};

export const upSampling1d: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  options.channelsLast();
  const [times] = options.extent('size', 1, 2) as [number];
  const x = layer.input(3);
  const [, steps, channels] = x.shape as [number, number, number];
  const split = graph.reshape(`${name}/split`, x, [steps, 1, channels]);
  const target = [steps, times, channels];
  const table = graph.integers(`${name}/shape`, target);
  const repeated = graph.op('BROADCAST_TO', `${name}/repeated`, [split.tensor, table], {}, target);
  return graph.reshape(name, repeated, [1, steps * times, channels]);
};

/** Rows and columns repeated: BROADCAST_TO along new axes; or values between them, which Keras takes from pixels' centers. */
export const upSampling2d: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  options.channelsLast();
  const bilinear = options.word('interpolation', 'nearest', 'bilinear') === 'bilinear';
  const [down, across] = options.extent('size', 2, 2) as [number, number];
  const x = layer.input(4);
  const [, rows, columns, channels] = x.shape as [number, number, number, number];
  if (bilinear) {
    const attributes = { alignCorners: false, halfPixelCenters: options.dialect !== 'tfjs' };
    return resize(graph, 'RESIZE_BILINEAR', name, x, [rows * down, columns * across], attributes);
  }
  const split = graph.reshape(`${name}/split`, x, [rows, 1, columns, 1, channels]);
  const target = [rows, down, columns, across, channels];
  const table = graph.integers(`${name}/shape`, target);
  const repeated = graph.op('BROADCAST_TO', `${name}/repeated`, [split.tensor, table], {}, target);
  return graph.reshape(name, repeated, [1, rows * down, columns * across, channels]);
};
