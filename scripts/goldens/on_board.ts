/** Golden models on a virtual board: outputs are TFLM's, and every tensor of the first sample is the simulator's. */
import { checkFit, compile } from '../../src/compile.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { validate } from '../../src/measure/validate.js';
import type { Target } from '../../targets/target.js';
import { differing } from './fault.js';
import { type Known, samplesOf } from './known.js';

export interface OnBoard {
  readonly fault?: string;
  /** Median of an inference. */
  readonly cycles: number;
  readonly arenaBytes: number;
}

/** No float32 anywhere: what such a board is for. */
export function isInteger({ graph }: Known): boolean {
  return graph.tensors.every((t) => t.dtype !== 'float32');
}

/** Undefined for a model that the board cannot hold. */
export async function onBoard({ golden, graph }: Known, target: Target): Promise<OnBoard | undefined> {
  const compiled = compile(graph, target, { name: golden.name });
  if (checkFit(compiled.sources, target).length > 0) return undefined;
  const runner = await openRunner({ compiled, target });
  try {
    const samples = [...samplesOf(golden)].filter(({ set }) => set === 0);
    const one = { count: 1, bytes: () => samples[0]!.input };
    const { firstMismatch } = await validate(runner, one, { tensors: true });
    let fault = firstMismatch ? `tensor "${firstMismatch.tensor}"` : undefined;
    await runner.reset();
    const counts: number[] = [];
    for (const { index, input, output } of samples) {
      const { outputs, cycles = Number.NaN } = await runner.infer(input);
      counts.push(cycles);
      const wrong = differing(outputs, output);
      if (wrong) fault ??= `sample ${index}: ${wrong}`;
    }
    counts.sort((a, b) => a - b);
    return { fault, cycles: counts[counts.length >> 1]!, arenaBytes: compiled.plan.arenaBytes };
  } finally {
    await runner.close();
  }
}
