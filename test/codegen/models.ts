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

/** Committed with packed weights. */
export const packedModels: Readonly<Record<string, () => Graph>> = {
  /** A pruned and clustered convolution and a dense layer, and a dense one too small to gain. */
  tiny_packed: () => {
    const n = new Network('tiny_packed', 'int8', 24);
    const conv = n.conv(n.input([1, 6, 6, 2]), 8, { kernel: [3, 3], stride: [2, 2], activation: 'RELU' });
    const hidden = n.dense(n.reshape(conv, [1, 72]), 8, 'RELU');
    return sparse(n.build(n.dense(hidden, 2)));
  },
};

/** Every third weight of large layers stays, as one of four values. */
function sparse(graph: Graph): Graph {
  const weights = new Set(graph.ops.map((op) => op.inputs[1]));
  const tensors = graph.tensors.map((tensor, t) => {
    const { data } = tensor;
    if (!weights.has(t) || !(data instanceof Int8Array) || data.length < 100) return tensor;
    return { ...tensor, data: data.map((w, i) => (i % 3 === 0 ? (w >> 6) * 40 + 20 : 0)) };
  });
  return { ...graph, tensors };
}
