/** Conv2DTranspose and Conv1DTranspose. */
import { activationOption, withActivation } from '../activation.js';
import type { Layer, LayerImporter } from '../layer.js';
import { Unsupported, type Value } from '../value.js';
import { transposeConv } from '../window.js';

export const conv2dTranspose: LayerImporter = (layer) => convTranspose(layer, 2);

/** A TRANSPOSE_CONV of one row. */
export const conv1dTranspose: LayerImporter = (layer) => convTranspose(layer, 1);

function convTranspose(layer: Layer, rank: 1 | 2): Value {
  const { options, graph, name } = layer;
  const size = options.extent('kernel_size', rank);
  const strides = options.extent('strides', rank, 1);
  const filters = options.count('filters');
  const useBias = options.flag('use_bias', true);
  const padding = options.word('padding', 'valid', 'same') === 'same' ? 'SAME' : 'VALID';
  const given = options.get('output_padding');
  const more = given === undefined ? undefined : options.integers('output_padding');
  const activation = activationOption(options);
  options.channelsLast();
  if (options.extent('dilation_rate', rank, 1).some((d) => d !== 1))
    options.refuse('its dilation_rate is not 1');
  const x = layer.input(rank + 2);
  const depth = x.shape.at(-1)!;
  const kernel = layer.weight('kernel', [...size, filters, depth]);
  const bias = useBias ? layer.constant('bias', layer.weight('bias', [filters])) : undefined;
  const sides = size.map((k, i) => {
    const [input, stride] = [x.shape[i + 1]!, strides[i]!];
    const extra = more && (more[i] ?? more[0]!);
    if (extra === undefined)
      return padding === 'SAME' ? input * stride : input * stride + Math.max(k - stride, 0);
    if (extra < 0 || extra >= stride)
      throw new Unsupported(`has an output_padding of ${extra} for strides of ${stride}`);
    return (input - 1) * stride + (padding === 'SAME' ? k % 2 : k) + extra;
  });
  const row = rank === 1;
  const image = row ? graph.reshape(`${name}/row`, x, [1, 1, ...x.shape.slice(1)]) : x;
  const one = row ? [1] : [];
  const [height, width] = [...one, ...sides] as [number, number];
  const shape = [...one, ...size, filters, depth] as [number, number, number, number];
  const rows = withActivation(graph, row ? `${name}/conv` : name, activation, (op, fused) =>
    transposeConv(
      graph,
      op,
      image,
      kernel,
      shape,
      bias,
      { padding, strides: [...one, ...strides] },
      [height, width],
      fused,
      `${name}/kernel`,
    ),
  );
  return row ? graph.reshape(name, rows, [1, width, filters]) : rows;
}
