/** What keeps a port from being opened, told to the user. */
import { type CrimpError, environmentError } from '../diagnostics.js';

export function portAbsent(port: string): CrimpError {
  return environmentError(
    'port-absent',
    `there is no port ${port}`,
    'See which there are with `crimp devices`; plug the board in with a cable that carries data.',
  );
}

export function portBusy(port: string): CrimpError {
  return environmentError(
    'port-busy',
    `${port} is in use by another program`,
    'Close serial monitors and other programs that hold it, then try again.',
  );
}

export function portDenied(port: string, command: string | undefined): CrimpError {
  return environmentError(
    'port-denied',
    `you may not open ${port}`,
    command ? `${command}, then log out and in again.` : 'See `crimp doctor`.',
  );
}

export function portError(port: string, what: string): CrimpError {
  return environmentError(
    'port-error',
    `${port}: ${what}`,
    'Unplug the board, plug it in again, and try again.',
  );
}
