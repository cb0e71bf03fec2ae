/** Graphs of another arbitrary with weights that pruning and clustering could have left. */
import fc from 'fast-check';
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../random.js';

/** Weights of few values and with zeros between them: none, some, nearly all. */
export function packable(graphs: fc.Arbitrary<Graph>): fc.Arbitrary<Graph> {
  const density = fc.constantFrom(0, 0.02, 0.1, 0.3, 0.8, 1);
  const values = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 2, 3, 4, 5, 15, 16, 17, 200));
  return fc.tuple(graphs, density, values, fc.integer()).map(([graph, share, count, seed]) => {
    const rng = random(seed);
    const weights = graph.ops[0]!.inputs[1]!;
    const tensor = graph.tensors[weights]!;
    const data = (tensor.data as Int8Array | Float32Array).slice();
    const book = Array.from({ length: count }, () => data[rng.int(0, data.length - 1)]!);
    for (let i = 0; i < data.length; i++) data[i] = rng.next() < share ? book[rng.int(0, count - 1)]! : 0;
    const tensors = graph.tensors.map((t, i) => (i === weights ? { ...tensor, data } : t));
    return { ...graph, tensors };
  });
}
