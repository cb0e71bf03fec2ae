/** The simulator against TFLM: outputs, and every tensor between. */
import { createSimulator } from '../../src/simulator/simulator.js';
import { differing } from './fault.js';
import { type Known, samplesOf, wrongTensor } from './known.js';

/** The first fault, or undefined. State is carried from sample to sample of a set, as TFLM did. */
export function simulated({ golden, graph }: Known): string | undefined {
  const simulator = createSimulator(graph);
  for (const { set, index, input, output } of samplesOf(golden)) {
    if (index === 0) simulator.reset();
    simulator.setInputs(input);
    simulator.run();
    const fault =
      differing(simulator.outputs(), output) ??
      (set === 0 ? wrongTensor(golden, index, (t) => simulator.tensorBytes(t)) : undefined);
    if (fault) return `sample ${index}: ${fault}`;
  }
  return undefined;
}
