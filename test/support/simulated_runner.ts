/** A runner that is the simulator itself, and lies where a test wants it to. */
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/graph/graph.js';
import type { Runner } from '../../src/measure/runner.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { pico } from '../../targets/pico.js';

export interface Lies {
  /** Changes a tensor's bytes on the way back, by its index and the number of the inference. */
  readonly tensor?: (index: number, bytes: Uint8Array, inference: number) => void;
  /** Cycles of one inference after the other; without them there is no counter. */
  readonly cycles?: readonly number[];
  readonly layerCycles?: readonly number[];
}

export function simulatedRunner(graph: Graph, lies: Lies = {}): Runner {
  const compiled = compile(graph, pico);
  const simulator = createSimulator(compiled.graph);
  let inferences = 0;
  const simulate = (sample: Uint8Array) => {
    simulator.setInputs(sample);
    simulator.run();
    return inferences++;
  };
  const tensor = (index: number, inference: number) => {
    const bytes = simulator.tensorBytes(index).slice();
    lies.tensor?.(index, bytes, inference);
    return bytes;
  };
  return {
    target: pico,
    compiled,
    reset: async () => simulator.reset(),
    async infer(sample) {
      const inference = simulate(sample);
      const outputs = compiled.graph.outputs.map((index) => Buffer.from(tensor(index, inference)));
      return { outputs: new Uint8Array(Buffer.concat(outputs)), cycles: lies.cycles?.[inference] };
    },
    async tensors(sample) {
      const inference = simulate(sample);
      return new Map(compiled.sources.tensors.map(({ index }) => [index, tensor(index, inference)]));
    },
    layerCycles: async () => lies.layerCycles,
    stackBytes: async () => (lies.cycles ? 320 : undefined),
    close: async () => {},
  };
}
