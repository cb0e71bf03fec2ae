/** The emitted C of many models, as one program for this computer under the sanitizers, against TFLM. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type Compiled, compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { compileHost } from '../../src/firmware/host.js';
import { host } from '../../targets/host.js';
import type { Capability } from '../../targets/target.js';
import { verifyPlan } from '../../test/planner/verify_plan.js';
import { writeProgram } from '../../test/property/program.js';
import type { Golden } from '../../test/support/golden.js';
import { differing } from './fault.js';
import { type Known, samplesOf, wrongTensor } from './known.js';

export interface GoldenInC {
  readonly golden: Golden;
  readonly compiled: Compiled;
}

/** In their order, with these kernels where they apply. */
export function compileGoldens(known: readonly Known[], capabilities: readonly Capability[]): GoldenInC[] {
  return known.map(({ golden, graph }, i) => {
    const compiled = compile(graph, { ...host, capabilities }, { name: `golden_${i}` });
    assert.deepEqual(verifyPlan(compiled.plan, compiled.layers, compiled.graph), [], golden.name);
    return { golden, compiled };
  });
}

/** Faults by name of the model: outputs, and every tensor that is written. */
export async function inC(goldens: readonly GoldenInC[]): Promise<ReadonlyMap<string, string>> {
  const models = goldens.map(({ golden, compiled }) => {
    const sequences = golden.sets.map((s) => s.samples);
    return { golden, sources: compiled.sources, sequences, tensors: true };
  });
  return withTemporaryFolder(async (folder) => {
    const flags = ['-O1', '-g0', '-Wno-overlength-strings'];
    const program = await compileHost(folder, writeProgram(models, folder), { sanitize: true, flags });
    const input = Buffer.concat(models.flatMap((m) => m.golden.sets.map((s) => s.inputs)));
    const { stdout, stderr } = spawnSync(program, { input, maxBuffer: 1 << 30 });
    let offset = 0;
    const read = (bytes: number) => {
      offset += bytes;
      return stdout.subarray(offset - bytes, offset);
    };
    const faults = new Map<string, string>();
    for (const { golden, sources } of models) {
      for (const { set, index, output } of samplesOf(golden)) {
        const tensors = new Map(sources.tensors.map((t) => [t.index, read(t.bytes)]));
        const fault =
          (set === 0 ? wrongTensor(golden, index, (t) => tensors.get(t)) : undefined) ??
          differing(read(output.length), output);
        if (fault && !faults.has(golden.name)) faults.set(golden.name, `sample ${index}: ${fault}`);
      }
    }
    if (stderr.length > 0) faults.set('the program', stderr.toString().slice(0, 2000));
    return faults;
  });
}
