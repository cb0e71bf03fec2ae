/** The simulator over a whole set of samples. */
import type { Graph } from '../graph/graph.js';
import { createSimulator } from '../simulator/simulator.js';
import { accuracyOf } from './accuracy.js';
import type { Samples } from './validate.js';

export interface Simulation {
  readonly samples: number;
  /** Raw little-endian outputs, samples back to back. */
  readonly outputs: Uint8Array;
  /** Share of samples whose largest output is the label; undefined without labels. */
  readonly accuracy?: number;
}

export function simulateSamples(
  graph: Graph,
  samples: Samples & { readonly labels?: ArrayLike<number> },
  onProgress?: (done: number, total: number) => void,
): Simulation {
  const simulator = createSimulator(graph);
  const answers: Uint8Array[] = [];
  for (let i = 0; i < samples.count; i++) {
    simulator.setInputs(samples.bytes(i));
    simulator.run();
    answers.push(simulator.outputs().slice());
    onProgress?.(i + 1, samples.count);
  }
  return {
    samples: samples.count,
    outputs: concatenate(answers),
    accuracy: samples.labels && accuracyOf(graph, answers, samples.labels),
  };
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
