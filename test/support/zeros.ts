/** Networks as pruning of single weights leaves them. */
import type { Graph } from '../../src/graph/graph.js';
import { random } from '../property/random.js';

/** @param share of the weights of every layer that become 0, anywhere */
export function withZeros(graph: Graph, share: number): Graph {
  const rng = random(1);
  const weighted = ['CONV_2D', 'FULLY_CONNECTED'];
  const weights = new Set(graph.ops.filter((op) => weighted.includes(op.type)).map((op) => op.inputs[1]!));
  const tensors = graph.tensors.map((tensor, i) =>
    weights.has(i)
      ? { ...tensor, data: (tensor.data as Int8Array).map((w) => (rng.next() < share ? 0 : w)) }
      : tensor,
  );
  return { ...graph, tensors };
}
