/** The layers that can be imported, by Keras' names of their classes. */
import type { LayerImporter } from '../layer.js';
import { activation, elu, leakyRelu, prelu, relu, softmaxLayer } from './activations.js';
import { batchNormalization } from './batch_normalization.js';
import { conv1d, conv2dLayer, depthwiseConv2dLayer, separableConv2d } from './conv.js';
import { dense } from './dense.js';
import { average, concatenate, merge } from './merge.js';
import { globalAveragePooling, globalMaxPooling, pooling } from './pooling.js';
import { rescaling } from './rescaling.js';
import { flatten, permute, reshape, upSampling2d, zeroPadding } from './shapes.js';

/** What only acts in training. */
const identity: LayerImporter = (layer) => layer.input();

export const layerImporters: Readonly<Record<string, LayerImporter>> = {
  Activation: activation,
  ActivityRegularization: identity,
  Add: merge('ADD'),
  AlphaDropout: identity,
  Average: average,
  AveragePooling1D: pooling('AVERAGE_POOL_2D', 1),
  AveragePooling2D: pooling('AVERAGE_POOL_2D', 2),
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv1D: conv1d,
  Conv2D: conv2dLayer,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2dLayer,
  Dropout: identity,
  ELU: elu,
  Flatten: flatten,
  GaussianDropout: identity,
  GaussianNoise: identity,
  GlobalAveragePooling1D: globalAveragePooling(1),
  GlobalAveragePooling2D: globalAveragePooling(2),
  GlobalMaxPooling1D: globalMaxPooling(1),
  GlobalMaxPooling2D: globalMaxPooling(2),
  LeakyReLU: leakyRelu,
  Maximum: merge('MAXIMUM'),
  MaxPooling1D: pooling('MAX_POOL_2D', 1),
  MaxPooling2D: pooling('MAX_POOL_2D', 2),
  Minimum: merge('MINIMUM'),
  Multiply: merge('MUL'),
  Permute: permute,
  PReLU: prelu,
  ReLU: relu,
  Rescaling: rescaling,
  Reshape: reshape,
  SeparableConv2D: separableConv2d,
  Softmax: softmaxLayer,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  Subtract: merge('SUB'),
  UpSampling2D: upSampling2d,
  ZeroPadding1D: zeroPadding(1),
  ZeroPadding2D: zeroPadding(2),
};
