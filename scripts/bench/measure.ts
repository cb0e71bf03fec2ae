/** One model on one board: what its firmware weighs, and what an inference costs on the virtual board. */
import path from 'node:path';
import { compile } from '../../src/compile.js';
import { macsOfGraph } from '../../src/compress/prune/cost.js';
import { withTemporaryFolder } from '../../src/files.js';
import { boardSizes, buildFirmware } from '../../src/firmware/build.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import type { Target } from '../../targets/target.js';
import { type BenchModel, graphOf } from './models.js';

/** Sizes in bytes, cycles of the board's core (or what else it counts), of one and the same random sample. */
export interface Measurement {
  readonly model: string;
  readonly target: string;
  readonly macs: number;
  readonly cycles: number;
  /** With the board's flash cache modelled, where it has one. */
  readonly xipCycles?: number;
  readonly arenaBytes: number;
  /** Layers and kernels of the model. */
  readonly codeBytes: number;
  /** All code, the board's own included. */
  readonly firmwareBytes: number;
  /** Weights and tables. */
  readonly weightsBytes: number;
}

export async function measure(model: BenchModel, target: Target): Promise<Measurement> {
  const graph = graphOf(model);
  const compiled = compile(graph, target, { name: model.name });
  const sample = randomSamples(compiled.graph, 1).bytes(0);
  return withTemporaryFolder(async (temporary) => {
    const folder = path.join(temporary, 'build');
    const build = await buildFirmware(compiled, target, { directory: folder, keepSources: false });
    const cyclesWith = async (xip?: object) => {
      const runner = await openRunner({ compiled, target, folder }, xip && { xip });
      try {
        return (await runner.infer(sample)).cycles!;
      } finally {
        await runner.close();
      }
    };
    const { flash } = boardSizes(build)!;
    return {
      model: model.name,
      target: target.name,
      // Of the model as it came: passes may leave less to compute.
      macs: macsOfGraph(graph),
      cycles: await cyclesWith(),
      ...(target.firmware!.xipCache && { xipCycles: await cyclesWith({}) }),
      arenaBytes: compiled.plan.arenaBytes,
      codeBytes: flash.parts.model,
      firmwareBytes: flash.code,
      weightsBytes: compiled.sources.weightsBytes,
    };
  });
}
