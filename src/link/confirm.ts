/** After flashing: does the board run what was written? */
import { CrimpError } from '../diagnostics.js';
import { type OpenOptions, openDevice } from './device.js';

/** A system needs a moment until a port that came back may be opened: permissions, programs that look at it. */
const notYet = new Set([
  'port-absent',
  'port-denied',
  'port-busy',
  'port-error',
  'device-gone',
  'device-silent',
]);
const patienceMs = 5000;
const pauseMs = 100;

/** @returns a check for `flash`: opens the port and refuses another board or model than `options` name. */
export function confirmFirmware(options: OpenOptions): (port: string) => Promise<void> {
  return async (port) => {
    const end = performance.now() + patienceMs;
    for (;;) {
      try {
        const device = await openDevice(port, options);
        return await device.close();
      } catch (cause) {
        const code = cause instanceof CrimpError ? cause.diagnostics[0]?.code : undefined;
        if (code === undefined || !notYet.has(code) || performance.now() > end) throw cause;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  };
}
