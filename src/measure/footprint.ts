/** What a model takes of a device: bytes as they are planned, and what its own firmware shows when it runs. */
import path from 'node:path';
import type { Counts, Target } from '../../targets/target.js';
import { type CompileOptions, compile } from '../compile.js';
import { withTemporaryFolder } from '../files.js';
import { boardSizes, buildFirmware } from '../firmware/build.js';
import { type PlannedFootprint, plannedFootprint } from '../footprint.js';
import type { Graph } from '../graph/graph.js';
import { bench } from './bench.js';
import { openRunner } from './open_runner.js';
import { randomSamples } from './random_samples.js';

export interface MeasuredFootprint extends PlannedFootprint {
  /** The whole firmware in flash, from its ELF. */
  readonly flashBytes: number;
  /** Core cycles of one inference, or what `counts` names. */
  readonly cycles: number;
  /** Where it is not cycles that the board counts. */
  readonly counts?: Exclude<Counts, 'cycles'>;
}

/**
 * Builds the firmware and runs it on the target's virtual board, on one random sample.
 * @throws CrimpError as `buildFirmware` and `openRunner`; `no-cycle-counter` for the host
 */
export function measuredFootprint(
  graph: Graph,
  target: Target,
  options: CompileOptions = {},
): Promise<MeasuredFootprint> {
  const planned = plannedFootprint(graph, target, options);
  const compiled = compile(graph, target, options);
  return withTemporaryFolder(async (temporary) => {
    const folder = path.join(temporary, 'build');
    const built = await buildFirmware(compiled, target, { directory: folder, keepSources: false });
    const runner = await openRunner({ compiled, target, folder });
    try {
      const { cycles, counts } = await bench(runner, randomSamples(compiled.graph, 1));
      const flashBytes = boardSizes(built)!.flash.total;
      return { ...planned, flashBytes, cycles: cycles.median, ...(counts !== 'cycles' && { counts }) };
    } finally {
      await runner.close();
    }
  });
}
