/** BatchNormalization at inference: MUL and ADD by one value a channel, as other exporters leave it (src/train/batch_norm.ts). */
import { affine } from '../activation.js';
import type { LayerImporter } from '../layer.js';
import { Unsupported } from '../value.js';

export const batchNormalization: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const epsilon = options.number('epsilon', 1e-3);
  const [center, scaled] = [options.flag('center', true), options.flag('scale', true)];
  const [axis] = options.get('axis') === undefined ? [-1] : options.integers('axis');
  const x = layer.input();
  const channels = x.shape.at(-1)!;
  if (axis !== -1 && axis !== x.shape.length - 1)
    throw new Unsupported(`normalizes axis ${axis} of ${x.shape.length}; only the last can be`);
  const weight = (role: string) => layer.weight(role, [channels]);
  const [mean, variance] = [weight('moving_mean'), weight('moving_variance')];
  const gamma = scaled ? weight('gamma') : new Float32Array(channels).fill(1);
  const beta = center ? weight('beta') : new Float32Array(channels);
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + epsilon));
  const offset = beta.map((b, c) => b - mean[c]! * scale[c]!);
  if (!scale.every(Number.isFinite)) throw new Unsupported('has a variance below 0');
  return affine(graph, name, x, Float32Array.from(scale), offset);
};
