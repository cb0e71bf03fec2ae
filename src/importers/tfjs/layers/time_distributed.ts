/** TimeDistributed around layers that look at one step's features only: over the whole sequence they do the same. */
import { field, objectOf, shown, stringOf } from '../json.js';
import type { LayerImporter } from '../layer.js';
import { activation, eluLayer, leakyRelu, relu, softmaxLayer } from './activations.js';
import { batchNormalization } from './batch_normalization.js';
import { dense } from './dense.js';
import { layerNormalization } from './normalization.js';

const identity: LayerImporter = (layer) => layer.input();

/** Steps stay apart. */
const flatten: LayerImporter = (layer) => {
  const x = layer.input();
  const [batch, steps, ...rest] = x.shape;
  return layer.graph.reshape(layer.name, x, [batch!, steps!, rest.reduce((n, d) => n * d, 1)]);
};

const wrapped: Readonly<Record<string, LayerImporter>> = {
  Activation: activation,
  BatchNormalization: batchNormalization,
  Dense: dense,
  Dropout: identity,
  ELU: eluLayer,
  Flatten: flatten,
  LayerNormalization: layerNormalization,
  LeakyReLU: leakyRelu,
  ReLU: relu,
  Softmax: softmaxLayer,
};

export const timeDistributed: LayerImporter = (layer) => {
  const { options } = layer;
  const json = options.get('layer');
  const type = stringOf(field(json, 'class_name')) ?? '';
  const importer = Object.hasOwn(wrapped, type) ? wrapped[type] : undefined;
  if (importer) return importer(layer.told(options.of(objectOf(field(json, 'config')))));
  options.refuse(`it wraps ${shown(type)}; ${Object.keys(wrapped).join(', ')} are supported`);
  return layer.input();
};
