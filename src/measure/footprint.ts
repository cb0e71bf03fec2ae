/** What a model takes of a device: bytes as they are planned, and what its own firmware shows when it runs. */
import path from 'node:path';
import type { Target } from '../../targets/target.js';
import { type CompileOptions, compile } from '../compile.js';
import { withTemporaryFolder } from '../files.js';
import { boardSizes, buildFirmware } from '../firmware/build.js';
import type { Graph } from '../graph/graph.js';
import { bench } from './bench.js';
import { openRunner } from './open_runner.js';
import { randomSamples } from './random_samples.js';

/** Bytes, as `compile` computes them. */
export interface PlannedFootprint {
  /** Flash: weights, biases, tables. */
  readonly weightsBytes: number;
  /** RAM: activations and scratch. */
  readonly arenaBytes: number;
}

export interface MeasuredFootprint extends PlannedFootprint {
  /** The whole firmware in flash, from its ELF. */
  readonly flashBytes: number;
  /** Core cycles of one inference. */
  readonly cycles: number;
}

/** @throws CrimpError as `compile` */
export function plannedFootprint(
  graph: Graph,
  target: Target,
  options: CompileOptions = {},
): PlannedFootprint {
  const { weightsBytes, arenaBytes } = compile(graph, target, options).sources;
  return { weightsBytes, arenaBytes };
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
  const compiled = compile(graph, target, options);
  const { weightsBytes, arenaBytes } = compiled.sources;
  return withTemporaryFolder(async (temporary) => {
    const folder = path.join(temporary, 'build');
    const built = await buildFirmware(compiled, target, { directory: folder, keepSources: false });
    const runner = await openRunner({ compiled, target, folder });
    try {
      const { cycles } = await bench(runner, randomSamples(compiled.graph, 1));
      const flashBytes = boardSizes(built)!.flash.total;
      return { weightsBytes, arenaBytes, flashBytes, cycles: cycles.median };
    } finally {
      await runner.close();
    }
  });
}
