/** Random graphs of weights that are small but for a few: as trained ones are, so that kernels add up long groups. */
import fc from 'fast-check';
import type { Graph } from '../../src/graph/graph.js';

/** @param arbitrary graphs of one operator whose second input is its weights */
export function withSmallWeights(arbitrary: fc.Arbitrary<Graph>): fc.Arbitrary<Graph> {
  return fc.tuple(arbitrary, fc.integer({ min: 1, max: 40 })).map(([graph, divisor]) => {
    const weights = graph.ops[0]!.inputs[1]!;
    const tensors = graph.tensors.map((tensor, i) => {
      if (i !== weights || !(tensor.data instanceof Int8Array) || tensor.dtype !== 'int8') return tensor;
      const data = tensor.data.map((w, k) => (k % 50 === 0 ? w : Math.trunc(w / divisor)));
      return { ...tensor, data };
    });
    return { ...graph, tensors };
  });
}
