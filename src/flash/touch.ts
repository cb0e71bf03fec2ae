/** The 1200-baud touch: what boards with USB take as a request to restart into their bootloader. */
import type { BindingInterface } from '@serialport/bindings-interface';
import { closeStream, openStream } from '../serial/stream.js';

export const touchBaudRate = 1200;
/** Long enough for a host to send the line coding, and for a pseudo-terminal's other end to see it. */
const holdMs = 100;

/** @throws CrimpError as openStream does. */
export async function touch(port: string, binding: BindingInterface): Promise<void> {
  const stream = await openStream(port, touchBaudRate, binding);
  stream.on('error', () => {}); // the board goes away under us: that is what we ask for
  await new Promise<void>((resolve) => stream.set({ dtr: false, rts: false }, () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, holdMs));
  await closeStream(stream);
}
