/** How a conversation with a board can fail: three kinds inside the link, and what the user is told in the end. */
import { type CrimpError, environmentError } from '../diagnostics.js';

/** Nothing came in time. */
export class Silence extends Error {}
/** Something came that is no sound answer; worth another try. */
export class Garbled extends Error {}
/** The port closed under us. */
export class Gone extends Error {}

export function deviceGone(port: string): CrimpError {
  return environmentError(
    'device-gone',
    `${port} disappeared midway`,
    'Check the cable; the board may also have restarted. Then try again.',
  );
}

export function deviceSilent(port: string): CrimpError {
  return environmentError(
    'device-silent',
    `nothing answers on ${port}`,
    'Put crimp firmware on the board first: `crimp flash DIR --port PORT`.',
  );
}

export function wrongFirmware(port: string, heard: string): CrimpError {
  return environmentError(
    'wrong-firmware',
    `${port} answers, but not as crimp firmware does: "${printable(heard)}"`,
    'Choose another port, or put crimp firmware on this board: `crimp flash DIR --port PORT`.',
  );
}

export function deviceStuck(port: string, command: string): CrimpError {
  return environmentError(
    'device-stuck',
    `the board on ${port} stopped answering at \`${command}\``,
    'Unplug the board, plug it in again, and try again.',
  );
}

export function linkGarbled(port: string, command: string, attempts: number, what: string): CrimpError {
  return environmentError(
    'link-garbled',
    `${attempts} answers to \`${command}\` on ${port} arrived damaged, the last one: ${what}`,
    'Use a shorter cable or another USB port; on a UART check ground and baud rate.',
  );
}

export function deviceRefused(port: string, command: string, answer: string): CrimpError {
  return environmentError(
    'device-refused',
    `the board on ${port} refused \`${command}\`: ${printable(answer)}`,
    'Flash the firmware that belongs to this model: `crimp flash DIR --port PORT`.',
  );
}

export function deviceRestarted(port: string, command: string, answer: string): CrimpError {
  return environmentError(
    'device-restarted',
    `the board on ${port} lost its input before \`${command}\` (it says ${printable(answer)}): it has restarted`,
    'Check its power supply, then try again.',
  );
}

export function deviceFault(port: string, command: string, answer: string): CrimpError {
  return environmentError(
    'device-fault',
    `the firmware on ${port} crashed at \`${command}\`: ${printable(answer)}`,
    'Build and flash it again; if it crashes again, report it with the model and this address.',
  );
}

export function wrongModel(port: string, expected: string, found: string): CrimpError {
  return environmentError(
    'wrong-model',
    `the board on ${port} runs another model: ${found} instead of ${expected}`,
    'Flash this model first: `crimp flash DIR --port PORT`.',
  );
}

export function wrongBoard(port: string, expected: string, found: string): CrimpError {
  return environmentError(
    'wrong-board',
    `the firmware on ${port} was built for ${found}, not for ${expected}`,
    'Choose that target, or another port.',
  );
}

/** Short and harmless on a terminal. */
export function printable(text: string): string {
  const shown = text.slice(0, 60).replace(/[^\x20-\x7e]/g, '.');
  return text.length > 60 ? `${shown}…` : shown;
}
