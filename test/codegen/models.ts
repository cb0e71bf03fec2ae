/** Tiny models with fixed weights whose emitted C is committed and read. */
import type { Graph } from '../../src/graph/graph.js';
import { Network } from '../support/network.js';

export const snapshotModels: Readonly<Record<string, () => Graph>> = {
  /** A convolution, a pool and a classifier: what most small vision models are made of. */
  tiny_cnn: () => {
    const n = new Network('tiny_cnn', 'int8', 21);
    const conv = n.conv(n.input([1, 8, 8, 1]), 4, { kernel: [3, 3], stride: [2, 2], activation: 'RELU' });
    const pool = n.pool('MAX_POOL_2D', conv, { kernel: [2, 2], stride: [2, 2] });
    return n.build(n.softmax(n.dense(n.reshape(pool, [1, 16]), 3)));
  },
  /** Depthwise separable, with a residual add. */
  tiny_residual: () => {
    const n = new Network('tiny_residual', 'int8', 22);
    const input = n.input([1, 4, 4, 4]);
    const depthwise = n.depthwise(input, { kernel: [3, 3], activation: 'RELU6' });
    const sum = n.add(input, n.conv(depthwise, 4, { kernel: [1, 1] }));
    return n.build(n.mean(sum));
  },
  /** float32, two outputs, one of them used on the way. */
  tiny_float: () => {
    const n = new Network('tiny_float', 'float32', 23);
    const hidden = n.dense(n.input([1, 3]), 4, 'RELU');
    return n.build(hidden, n.dense(hidden, 2));
  },
};
