/** Networks of the shapes that people put on microcontrollers, with random weights: for planner, size and e2e tests. */
import type { Graph } from '../../src/graph/graph.js';
import { Network, type NetworkType } from './network.js';

type Model = (dtype?: NetworkType) => Graph;

/** Channels and stride of the pointwise halves of MobileNetV1 0.25's thirteen blocks. */
const mobileNetBlocks = [
  [16, 1],
  [32, 2],
  [32, 1],
  [64, 2],
  [64, 1],
  [128, 2],
  [128, 1],
  [128, 1],
  [128, 1],
  [128, 1],
  [128, 1],
  [256, 2],
  [256, 1],
] as const;

/** MLPerf Tiny VWW: MobileNetV1 0.25, 96×96×3 → 2. */
export const vww: Model = (dtype = 'int8') => {
  const n = new Network('vww', dtype, 1);
  let x = n.conv(n.input([1, 96, 96, 3]), 8, { kernel: [3, 3], stride: [2, 2], activation: 'RELU' });
  for (const [channels, stride] of mobileNetBlocks) {
    x = n.depthwise(x, { kernel: [3, 3], stride: [stride, stride], activation: 'RELU' });
    x = n.conv(x, channels, { kernel: [1, 1], activation: 'RELU' });
  }
  x = n.pool('AVERAGE_POOL_2D', x, { kernel: [3, 3], stride: [3, 3], padding: 'VALID' });
  return n.build(n.softmax(n.dense(n.reshape(x, [1, 256]), 2)));
};

/** TFLM's person_detect: as VWW, but gray, RELU6, a depthwise first layer and a convolution for the classes. */
export const personDetect: Model = (dtype = 'int8') => {
  const n = new Network('person_detect', dtype, 2);
  let x = n.depthwise(n.input([1, 96, 96, 1]), {
    kernel: [3, 3],
    stride: [2, 2],
    multiplier: 8,
    activation: 'RELU6',
  });
  for (const [channels, stride] of mobileNetBlocks) {
    x = n.depthwise(x, { kernel: [3, 3], stride: [stride, stride], activation: 'RELU6' });
    x = n.conv(x, channels, { kernel: [1, 1], activation: 'RELU6' });
  }
  x = n.pool('AVERAGE_POOL_2D', x, { kernel: [3, 3], stride: [2, 2], padding: 'VALID' });
  return n.build(n.softmax(n.reshape(n.conv(x, 2, { kernel: [1, 1] }), [1, 2])));
};

/** MLPerf Tiny KWS: DS-CNN, 49×10 MFCCs → 12. */
export const kws: Model = (dtype = 'int8') => {
  const n = new Network('kws', dtype, 3);
  let x = n.conv(n.input([1, 49, 10, 1]), 64, { kernel: [10, 4], stride: [2, 2], activation: 'RELU' });
  for (let block = 0; block < 4; block++) {
    x = n.depthwise(x, { kernel: [3, 3], activation: 'RELU' });
    x = n.conv(x, 64, { kernel: [1, 1], activation: 'RELU' });
  }
  x = n.pool('AVERAGE_POOL_2D', x, { kernel: [25, 5], stride: [25, 5], padding: 'VALID' });
  return n.build(n.softmax(n.dense(n.reshape(x, [1, 64]), 12)));
};

/** MLPerf Tiny IC: ResNet-8, 32×32×3 → 10. */
export const ic: Model = (dtype = 'int8') => {
  const n = new Network('ic', dtype, 4);
  let x = n.conv(n.input([1, 32, 32, 3]), 16, { kernel: [3, 3], activation: 'RELU' });
  for (const [channels, stride] of [
    [16, 1],
    [32, 2],
    [64, 2],
  ] as const) {
    const first = n.conv(x, channels, { kernel: [3, 3], stride: [stride, stride], activation: 'RELU' });
    const second = n.conv(first, channels, { kernel: [3, 3] });
    const shortcut = stride === 1 ? x : n.conv(x, channels, { kernel: [1, 1], stride: [stride, stride] });
    x = n.add(shortcut, second, 'RELU');
  }
  x = n.pool('AVERAGE_POOL_2D', x, { kernel: [8, 8], stride: [8, 8], padding: 'VALID' });
  return n.build(n.softmax(n.dense(n.reshape(x, [1, 64]), 10)));
};

/** MLPerf Tiny AD: an autoencoder of ten dense layers, 640 → 640. */
export const ad: Model = (dtype = 'int8') => {
  const n = new Network('ad', dtype, 5);
  let x = n.input([1, 640]);
  for (const units of [128, 128, 128, 128, 8, 128, 128, 128, 128]) x = n.dense(x, units, 'RELU');
  return n.build(n.dense(x, 640));
};

/** Small models that together use every operator and most attributes; committed as test/fixtures/NAME_TYPE.tflite. */
export const fixtures: Readonly<Record<string, Model>> = {
  conv: (dtype = 'int8') => {
    const n = new Network('conv', dtype, 11);
    const x = n.conv(n.input([1, 9, 7, 3]), 5, { kernel: [3, 2], stride: [2, 1], activation: 'RELU6' });
    const y = n.conv(x, 4, { kernel: [2, 2], dilation: 2, padding: 'VALID', activation: 'RELU_N1_TO_1' });
    return n.build(n.conv(y, 6, { kernel: [1, 1] }));
  },
  depthwise: (dtype = 'int8') => {
    const n = new Network('depthwise', dtype, 12);
    const x = n.depthwise(n.input([1, 8, 8, 3]), {
      kernel: [3, 3],
      stride: [2, 2],
      multiplier: 2,
      activation: 'RELU',
    });
    return n.build(n.depthwise(x, { kernel: [2, 3], padding: 'VALID' }));
  },
  dense: (dtype = 'int8') => {
    const n = new Network('dense', dtype, 13);
    return n.build(n.softmax(n.dense(n.dense(n.input([1, 20]), 16, 'RELU'), 4)));
  },
  pool: (dtype = 'int8') => {
    const n = new Network('pool', dtype, 14);
    const x = n.pool('MAX_POOL_2D', n.input([1, 9, 9, 4]), { kernel: [2, 2], stride: [2, 2] });
    const y = n.pool('AVERAGE_POOL_2D', n.pad(x, [1, 0, 0, 2]), { kernel: [3, 2], padding: 'VALID' });
    return n.build(n.mean(y));
  },
  residual: (dtype = 'int8') => {
    const n = new Network('residual', dtype, 15);
    const x = n.input([1, 6, 6, 4]);
    const y = n.conv(x, 4, { kernel: [3, 3] });
    return n.build(n.relu6(n.mul(n.add(x, y), n.relu(y))));
  },
  inception: (dtype = 'int8') => {
    const n = new Network('inception', dtype, 17);
    const x = n.conv(n.input([1, 6, 6, 3]), 4, { kernel: [3, 3], activation: 'RELU' });
    const pooled = n.pool('MAX_POOL_2D', x, { kernel: [3, 3] });
    const y = n.concat(n.conv(x, 3, { kernel: [1, 1] }), n.conv(x, 5, { kernel: [3, 3] }), pooled);
    return n.build(n.concat(n.mean(y), n.mean(x)));
  },
};

/** float32 outside, int8 inside, as converters make it on request. */
export function floatInterface(): Graph {
  const outer = new Network('float_interface', 'float32', 16);
  return outer.build(outer.dequantize(outer.quantize(outer.input([1, 10]))));
}
