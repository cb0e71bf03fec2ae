/** A board, real or virtual, over the device link. */
import type { Target } from '../../targets/target.js';
import type { Compiled } from '../compile.js';
import type { Device } from '../link/device.js';
import type { Runner } from './runner.js';

/** @param disconnect closes what was opened beside the device, such as a virtual board. */
export function boardRunner(
  compiled: Compiled,
  target: Target,
  device: Device,
  disconnect: () => void = () => {},
): Runner {
  return {
    compiled,
    target,
    counts: device.identity.counts ?? target.firmware!.counts,
    async reset() {
      if (compiled.sources.state.length > 0) await device.reset();
    },
    async infer(sample) {
      await device.load(sample);
      const { cycles } = await device.run();
      return { outputs: await device.output(), cycles };
    },
    async tensors(sample) {
      await device.load(sample);
      const dumped = new Map<number, Uint8Array>();
      for (const { index } of compiled.sources.tensors) dumped.set(index, await device.tensor(index));
      return dumped;
    },
    async layerCycles(sample) {
      await device.load(sample);
      return device.layers();
    },
    stackBytes: async () => (await device.stack()).used,
    async close() {
      await device.close();
      disconnect();
    },
  };
}
