/** The proof that every pass owes: the same outputs to the bit, sample after sample, with whatever state builds up. */
import assert from 'node:assert/strict';
import { checkGraph } from '../../src/graph/check.js';
import { dumpGraph } from '../../src/graph/dump.js';
import type { Graph, Tensor, TensorData } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { type Random, random, randomActivation } from '../property/random.js';

export interface ProofOptions {
  readonly samples?: number;
  /** Values of an input where not every value is allowed, such as indices. */
  readonly activation?: (tensor: Tensor, sample: number, rng: Random) => TensorData;
}

/**
 * Both graphs are sound, their inputs and outputs are the same tensors, and they answer the same bytes. What the pass gave,
 * so that a test can look at it: `const after = proveSame(graph, pass(graph))`.
 */
export function proveSame(before: Graph, after: Graph, options: ProofOptions = {}): Graph {
  try {
    prove(before, after, options);
  } catch (cause) {
    const message = `${(cause as Error).message}\n${dumpGraph(before)}\n\n${dumpGraph(after)}`;
    throw new Error(message, { cause });
  }
  return after;
}

function prove(before: Graph, after: Graph, options: ProofOptions): void {
  const { samples = 4, activation = randomActivation } = options;
  assert.deepEqual(checkGraph(before), []);
  assert.deepEqual(checkGraph(after), []);
  const ends = ({ tensors, inputs, outputs }: Graph) => [...inputs, ...outputs].map((t) => tensors[t]);
  assert.deepEqual(ends(after), ends(before));
  const [a, b] = [createSimulator(before), createSimulator(after)];
  const rng = random(before.ops.length + 1);
  for (let sample = 0; sample < samples; sample++) {
    const inputs = before.inputs.map((t) => {
      const { buffer, byteOffset, byteLength } = activation(before.tensors[t]!, sample, rng);
      return Buffer.from(buffer, byteOffset, byteLength);
    });
    const bytes = new Uint8Array(Buffer.concat(inputs));
    for (const simulator of [a, b]) {
      simulator.setInputs(bytes);
      simulator.run();
    }
    assert.ok(Buffer.from(b.outputs()).equals(a.outputs()), `sample ${sample} differs`);
  }
}
