/** The emitted C as a program of this computer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Target } from '../../targets/target.js';
import type { Compiled } from '../compile.js';
import { buildHost, runHost } from '../firmware/host.js';
import type { Runner } from './runner.js';

export async function hostRunner(compiled: Compiled, target: Target): Promise<Runner> {
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-host-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const executable = await buildHost(compiled.sources, folder);
  const stateful = compiled.sources.state.length > 0;
  // The program ends with its input: state is reached by making all inferences since the last reset again.
  let earlier: Uint8Array[] = [];
  const run = async (sample: Uint8Array, options?: { readonly tensors: boolean }) => {
    const samples = [...earlier, sample];
    if (stateful) earlier = samples;
    const all = await runHost(executable, Buffer.concat(samples), options);
    return all.subarray(all.length - all.length / samples.length);
  };
  return {
    compiled,
    target,
    async reset() {
      earlier = [];
    },
    infer: async (sample) => ({ outputs: await run(sample.slice()) }),
    async tensors(sample) {
      const bytes = await run(sample.slice(), { tensors: true });
      let offset = 0;
      return new Map(
        compiled.sources.tensors.map((tensor) => {
          const start = offset;
          offset += tensor.bytes;
          return [tensor.index, bytes.subarray(start, offset)];
        }),
      );
    },
    layerCycles: async () => undefined,
    stackBytes: async () => undefined,
    async close() {
      process.removeListener('exit', remove);
      remove();
    },
  };
}
