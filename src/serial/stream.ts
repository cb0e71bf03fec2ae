/** Opening and closing serial streams: within a time, and with words for what goes wrong. */
import type { BindingInterface } from '@serialport/bindings-interface';
import { SerialPortStream } from '@serialport/stream';
import type { CrimpError } from '../diagnostics.js';
import { portAbsent, portBusy, portDenied, portError } from './failures.js';
import { portPermission } from './permission.js';
import { within } from './within.js';

/** Opening and closing take milliseconds where they work. */
const limitMs = 5000;

/** @throws CrimpError port-absent, port-busy, port-denied or port-error. */
export async function openStream(
  port: string,
  baudRate: number,
  binding: BindingInterface,
): Promise<SerialPortStream> {
  let stream: SerialPortStream | undefined;
  try {
    await within(limitMs, (done) => {
      stream = new SerialPortStream({ path: port, baudRate, binding }, (cause) => done(cause));
    });
  } catch (cause) {
    stream?.once('open', () => stream?.close()); // should it open after all
    throw openFailure(port, cause as Error);
  }
  return stream!;
}

export async function closeStream(stream: SerialPortStream): Promise<void> {
  if (!stream.isOpen) return;
  // Some drivers hold a port until what was written is sent, which a stuck board never takes.
  await within(limitMs, (done) => stream.close(() => done())).catch(() => {});
}

/** What the bindings of Linux, macOS and Windows say, in that order where they differ. */
const absent = /No such file|ENOENT|No such device|ENXIO|ENODEV|File not found/i;
const busy = /Cannot lock port|resource busy|EBUSY/i;
const denied = /Permission denied|EACCES|EPERM|Operation not permitted/i;
/** Windows opens a port for one program only and says no more than this to the next. */
const deniedOrBusy = /Access (is )?denied/i;

function openFailure(port: string, cause: Error): CrimpError {
  const { message } = cause;
  if (absent.test(message)) return portAbsent(port);
  if (busy.test(message) || deniedOrBusy.test(message)) return portBusy(port);
  if (denied.test(message)) return portDenied(port, portPermission(port)?.command);
  return portError(port, message.replace(/^Error:?\s*/, ''));
}
