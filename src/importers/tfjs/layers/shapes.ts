/** Layers that move values: Flatten, Reshape, Permute, ZeroPadding, UpSampling2D. */
import { elementCount } from '../../../graph/access.js';
import { shown } from '../json.js';
import type { LayerImporter } from '../layer.js';
import { Unsupported } from '../value.js';
import { pad } from '../window.js';

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

/** One number, one a dimension, or one for before and one for behind. */
export function zeroPadding(rank: 1 | 2): LayerImporter {
  return (layer) => {
    layer.options.channelsLast();
    const given = layer.options.get('padding') ?? 1;
    // Of one dimension, a pair is before and behind.
    const parts = Array.isArray(given) && rank === 1 && given.length === 2 ? [given] : given;
    const list: unknown[] = Array.isArray(parts) ? parts : new Array<unknown>(rank).fill(parts);
    const pairs = list.map((part) => (Array.isArray(part) ? part : [part, part])) as [number, number][];
    const sound = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < 2 ** 20;
    if (pairs.length !== rank || !pairs.every((pair) => pair.length === 2 && pair.every(sound)))
      layer.options.refuse(`its padding ${shown(given)} is not one from 0 up for each side`);
    const x = layer.input(rank + 2);
    return pad(layer.graph, layer.name, x, [[0, 0], ...pairs, [0, 0]]);
  };
}

/** Rows and columns repeated: BROADCAST_TO along new axes. */
export const upSampling2d: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  options.channelsLast();
  options.word('interpolation', 'nearest');
  const [down, across] = options.extent('size', 2, 2) as [number, number];
  const x = layer.input(4);
  const [, rows, columns, channels] = x.shape as [number, number, number, number];
  const split = graph.reshape(`${name}/split`, x, [rows, 1, columns, 1, channels]);
  const target = [rows, down, columns, across, channels];
  const table = graph.integers(`${name}/shape`, target);
  const repeated = graph.op('BROADCAST_TO', `${name}/repeated`, [split.tensor, table], {}, target);
  return graph.reshape(name, repeated, [1, rows * down, columns * across, channels]);
};
