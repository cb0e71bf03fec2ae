/** A small MobileNet whose channels are scaled badly: the same answers, but weights of very different sizes side by side. */
import { inputTensor } from '../../src/graph/access.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { random } from '../property/random.js';
import { Network } from './network.js';

const filters = 16;

function mobileNet(): Graph {
  const n = new Network('unbalanced', 'float32', 21);
  let x = n.conv(n.input([1, 12, 12, 3]), filters, { kernel: [3, 3], stride: [2, 2], activation: 'RELU' });
  for (let block = 0; block < 2; block++) {
    x = n.depthwise(x, { kernel: [3, 3], activation: 'RELU' });
    x = n.conv(x, filters, { kernel: [1, 1], activation: 'RELU' });
  }
  x = n.pool('AVERAGE_POOL_2D', x, { kernel: [6, 6], stride: [6, 6], padding: 'VALID' });
  return n.build(n.dense(n.reshape(x, [1, filters]), 8));
}

/** Channels of each layer are multiplied by 2^−octaves … 2^octaves, and divided again where they are read. */
export function unbalanced(octaves: number): Graph {
  const graph = mobileNet();
  const rng = random(22);
  const layers = graph.ops.filter((op) => op.inputs.length === 3);
  const data = (op: (typeof layers)[number], i: number) =>
    inputTensor(graph, op as Op, i).data as Float32Array;
  layers.slice(0, -1).forEach((op, l) => {
    const factors = Array.from({ length: filters }, () => 2 ** (octaves * (2 * rng.next() - 1)));
    const [weights, bias, next] = [data(op, 1), data(op, 2), data(layers[l + 1]!, 1)];
    const block = weights.length / filters;
    weights.forEach((_, i) => {
      const c = op.type === 'DEPTHWISE_CONV_2D' ? i % filters : Math.floor(i / block);
      weights[i]! *= factors[c]!;
    });
    bias.forEach((_, c) => {
      bias[c]! *= factors[c]!;
    });
    next.forEach((_, i) => {
      next[i]! /= factors[i % filters]!;
    });
  });
  return graph;
}
