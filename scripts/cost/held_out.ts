/** The layers of the benchmark's models: none of them is among those that the coefficients are fitted to. */
import { compile } from '../../src/compile.js';
import type { Target } from '../../targets/target.js';
import { withoutGoldens } from '../../test/support/golden.js';
import { benchModels, graphOf } from '../bench/models.js';
import { type MeasuredLayer, measureLayers } from './measure.js';

export interface HeldOut {
  readonly model: string;
  readonly layers: readonly MeasuredLayer[];
}

/** As they are compiled without the cost model's say. */
export async function heldOut(target: Target): Promise<HeldOut[]> {
  const all: HeldOut[] = [];
  for (const model of benchModels) {
    if (model.golden !== undefined && withoutGoldens) continue;
    const compiled = compile(graphOf(model), target, { name: model.name });
    all.push({ model: model.name, layers: await measureLayers(compiled, target) });
  }
  return all;
}
