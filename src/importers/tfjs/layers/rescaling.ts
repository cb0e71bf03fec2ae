/** Rescaling: x · scale + offset, by one number each or one a channel. */
import { affine } from '../activation.js';
import type { LayerImporter } from '../layer.js';
import type { Options } from '../options.js';
import { Unsupported } from '../value.js';

export const rescaling: LayerImporter = (layer) => {
  const scale = numbers(layer.options, 'scale', 1);
  const offset = numbers(layer.options, 'offset', 0);
  const x = layer.input();
  const channels = x.shape.at(-1);
  for (const { length } of [scale, offset]) {
    if (length !== 1 && length !== channels)
      throw new Unsupported(`has ${length} values of scale or offset for ${channels} channels`);
  }
  return affine(layer.graph, layer.name, x, scale, offset);
};

function numbers(options: Options, key: string, standard: number): Float32Array {
  const value = options.get(key);
  if (!Array.isArray(value)) return Float32Array.of(options.number(key, standard));
  if (value.every((n) => typeof n === 'number' && Number.isFinite(n))) return Float32Array.from(value);
  options.refuse(`its ${key} is no list of numbers`);
  return Float32Array.of(standard);
}
