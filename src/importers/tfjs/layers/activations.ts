/** Activation and the layers that are one: ReLU, LeakyReLU, ThresholdedReLU, PReLU, ELU, Softmax. */
import { activate, activationOption, elu, softmax } from '../activation.js';
import type { LayerImporter } from '../layer.js';
import { Unsupported } from '../value.js';

export const activation: LayerImporter = (layer) => {
  const kind = activationOption(layer.options);
  return activate(layer.graph, layer.name, layer.input(), kind);
};

export const relu: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const largest = options.get('max_value') === undefined ? undefined : options.number('max_value', 0);
  const slope = options.number('negative_slope', 0);
  if (options.number('threshold', 0) !== 0) options.refuse('its threshold is not 0');
  if (slope !== 0 && largest !== undefined) options.refuse('has both a negative_slope and a max_value');
  const { tensor, shape } = layer.input();
  if (slope !== 0) return graph.op('LEAKY_RELU', name, [tensor], { alpha: Math.fround(slope) }, shape);
  if (largest === undefined) return graph.op('RELU', name, [tensor], {}, shape);
  if (largest === 6) return graph.op('RELU6', name, [tensor], {}, shape);
  if (largest === 1) return graph.op('RELU_0_TO_1', name, [tensor], {}, shape);
  const positive = graph.op('RELU', `${name}/positive`, [tensor], {}, shape);
  const bound = graph.floats(`${name}/max_value`, Float32Array.of(largest));
  return graph.op('MINIMUM', name, [positive.tensor, bound], {}, shape);
};

export const leakyRelu: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const alpha = Math.fround(options.number('negative_slope', options.number('alpha', 0.3)));
  const { tensor, shape } = layer.input();
  return graph.op('LEAKY_RELU', name, [tensor], { alpha }, shape);
};

export const prelu: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const shared = options.get('shared_axes') === undefined ? [] : options.integers('shared_axes');
  const { tensor, shape } = layer.input();
  const slopes = shape.slice(1).map((d, i) => (shared.includes(i + 1) ? 1 : d));
  const alpha = layer.constant('alpha', layer.weight('alpha', slopes), slopes);
  return graph.op('PRELU', name, [tensor, alpha], {}, shape);
};

export const eluLayer: LayerImporter = (layer) => {
  const alpha = layer.options.number('alpha', 1);
  return elu(layer.graph, layer.name, layer.input(), alpha);
};

/** x where it is above `theta`, else 0. */
export const thresholdedRelu: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const threshold = options.number('theta', 1);
  const { tensor, shape } = layer.input();
  const bound = graph.floats(`${name}/theta`, Float32Array.of(threshold));
  const above = graph.op('GREATER', `${name}/above`, [tensor, bound], {}, shape, 'bool');
  const zero = graph.floats(`${name}/zero`, Float32Array.of(0));
  return graph.op('SELECT_V2', name, [above.tensor, tensor, zero], {}, shape);
};

export const softmaxLayer: LayerImporter = (layer) => {
  const [axis] = layer.options.get('axis') === undefined ? [-1] : layer.options.integers('axis');
  const x = layer.input();
  if (axis !== -1 && axis !== x.shape.length - 1)
    throw new Unsupported(`is over axis ${axis} of ${x.shape.length}; only the last can be`);
  return softmax(layer.graph, layer.name, x);
};
