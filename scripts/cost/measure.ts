/** What layers take on a virtual board, each timed on its own. */
import type { Work } from '../../codegen/cost/work.js';
import type { Compiled } from '../../src/compile.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import type { Target } from '../../targets/target.js';

export interface MeasuredLayer {
  readonly kernel: string;
  readonly work: Work;
  /** Or what else the board counts. */
  readonly cycles: number;
}

/** An emulator on a busy computer may not answer in time. */
const attempts = 5;

/** Every layer that is code, in the order of its ops. */
export async function measureLayers(compiled: Compiled, target: Target): Promise<MeasuredLayer[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await measureOnce(compiled, target);
    } catch (cause) {
      if (attempt === attempts) throw cause;
    }
  }
}

async function measureOnce(compiled: Compiled, target: Target): Promise<MeasuredLayer[]> {
  const runner = await openRunner({ compiled, target });
  try {
    const cycles = await runner.layerCycles(randomSamples(compiled.graph, 1).bytes(0));
    return compiled.layers
      .filter((layer) => layer.alias === undefined)
      .map(({ kernel, work }, i) => ({ kernel, work: work!, cycles: cycles![i]! }));
  } finally {
    await runner.close();
  }
}
