/** The layers that can be imported, by Keras' names of their classes. */
import type { LayerImporter } from '../layer.js';
import { Unsupported } from '../value.js';
import {
  activation,
  eluLayer,
  leakyRelu,
  prelu,
  relu,
  softmaxLayer,
  thresholdedRelu,
} from './activations.js';
import { batchNormalization } from './batch_normalization.js';
import { conv1d, conv2dLayer, depthwiseConv2dLayer, separableConv2d } from './conv.js';
import { conv1dTranspose, conv2dTranspose } from './conv_transpose.js';
import { dense } from './dense.js';
import { embedding } from './embedding.js';
import { average, concatenate, merge } from './merge.js';
import { layerNormalization, normalization } from './normalization.js';
import { globalAveragePooling, globalMaxPooling, pooling } from './pooling.js';
import { bidirectional, recurrent, rnnOfCells } from './recurrent.js';
import { rescaling } from './rescaling.js';
import {
  cropping,
  flatten,
  permute,
  repeatVector,
  reshape,
  upSampling1d,
  upSampling2d,
  zeroPadding,
} from './shapes.js';
import { timeDistributed } from './time_distributed.js';

/** What only acts in training. */
const identity: LayerImporter = (layer) => layer.input();

const masking: LayerImporter = () => {
  throw new Unsupported(
    'skips steps, which no operator does; give sequences of full length and leave it out',
  );
};

const lambda: LayerImporter = () => {
  throw new Unsupported('runs a program of its own; layers in its place can be read');
};

export const layerImporters: Readonly<Record<string, LayerImporter>> = {
  Activation: activation,
  ActivityRegularization: identity,
  Add: merge('ADD'),
  AlphaDropout: identity,
  Average: average,
  AveragePooling1D: pooling('AVERAGE_POOL_2D', 1),
  AveragePooling2D: pooling('AVERAGE_POOL_2D', 2),
  BatchNormalization: batchNormalization,
  Bidirectional: bidirectional,
  Concatenate: concatenate,
  Conv1D: conv1d,
  Conv1DTranspose: conv1dTranspose,
  Conv2D: conv2dLayer,
  Conv2DTranspose: conv2dTranspose,
  Cropping1D: cropping(1),
  Cropping2D: cropping(2),
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2dLayer,
  Dropout: identity,
  ELU: eluLayer,
  Embedding: embedding,
  Flatten: flatten,
  GaussianDropout: identity,
  GaussianNoise: identity,
  GRU: recurrent('GRU'),
  GlobalAveragePooling1D: globalAveragePooling(1),
  GlobalAveragePooling2D: globalAveragePooling(2),
  GlobalMaxPooling1D: globalMaxPooling(1),
  GlobalMaxPooling2D: globalMaxPooling(2),
  Identity: identity,
  LSTM: recurrent('LSTM'),
  Lambda: lambda,
  LayerNormalization: layerNormalization,
  LeakyReLU: leakyRelu,
  Maximum: merge('MAXIMUM'),
  Masking: masking,
  MaxPooling1D: pooling('MAX_POOL_2D', 1),
  MaxPooling2D: pooling('MAX_POOL_2D', 2),
  Minimum: merge('MINIMUM'),
  Multiply: merge('MUL'),
  Normalization: normalization,
  Permute: permute,
  PReLU: prelu,
  RNN: rnnOfCells,
  RandomBrightness: identity,
  RandomContrast: identity,
  RandomFlip: identity,
  RandomRotation: identity,
  RandomTranslation: identity,
  RandomZoom: identity,
  ReLU: relu,
  RepeatVector: repeatVector,
  Rescaling: rescaling,
  Reshape: reshape,
  SeparableConv2D: separableConv2d,
  SimpleRNN: recurrent('SimpleRNN'),
  Softmax: softmaxLayer,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  Subtract: merge('SUB'),
  ThresholdedReLU: thresholdedRelu,
  TimeDistributed: timeDistributed,
  UpSampling1D: upSampling1d,
  UpSampling2D: upSampling2d,
  ZeroPadding1D: zeroPadding(1),
  ZeroPadding2D: zeroPadding(2),
};
