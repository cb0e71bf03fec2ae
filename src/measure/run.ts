/** A whole set of samples on the device. */
import type { Counts } from '../../targets/target.js';
import { accuracyOf } from './accuracy.js';
import type { Runner } from './runner.js';
import { concatenate, type Simulation } from './simulate.js';
import type { Samples } from './validate.js';

export interface Run extends Simulation {
  /** What each inference took, in the unit that `counts` names; empty where there is no counter. */
  readonly cycles: readonly number[];
  readonly counts: Counts;
}

export async function runSamples(
  runner: Runner,
  samples: Samples & { readonly labels?: ArrayLike<number> },
  onProgress?: (done: number, total: number) => void,
): Promise<Run> {
  const answers: Uint8Array[] = [];
  const cycles: number[] = [];
  onProgress?.(0, samples.count);
  await runner.reset();
  for (let i = 0; i < samples.count; i++) {
    const inference = await runner.infer(samples.bytes(i));
    answers.push(inference.outputs.slice());
    if (inference.cycles !== undefined) cycles.push(inference.cycles);
    onProgress?.(i + 1, samples.count);
  }
  const accuracy = samples.labels && accuracyOf(runner.compiled.graph, answers, samples.labels);
  const counts = runner.counts ?? 'cycles';
  return { samples: samples.count, outputs: concatenate(answers), accuracy, cycles, counts };
}
