/** What a kernel under test is given, and what the simulator makes of it. */
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random, randomActivation } from '../property/random.js';

export interface Expected {
  /** Bytes of each input. */
  readonly inputs: readonly Uint8Array[];
  readonly outputs: Uint8Array;
}

/** Two random samples in a row, the same for the same seed. */
export function expectedOf(graph: Graph, seed: number): Expected[] {
  const simulator = createSimulator(graph);
  const rng = random(seed);
  return [0, 1].map((sample) => {
    const inputs = graph.inputs.map((input) => {
      const data = randomActivation(graph.tensors[input]!, sample, rng);
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    });
    simulator.setInputs(Buffer.concat(inputs));
    simulator.run();
    return { inputs, outputs: simulator.outputs() };
  });
}
