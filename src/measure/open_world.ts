/** Where a port name leads: to this computer's serial ports, or to a virtual board powered for the occasion. */
import type { BindingInterface } from '@serialport/bindings-interface';
import type { Target } from '../../targets/target.js';
import type { FlashWorld } from '../flash/world.js';
import { virtualPort } from '../virtual/port.js';

export interface World {
  readonly world: FlashWorld;
  readonly binding: BindingInterface;
  /** Unplugs what was powered. */
  close(): void;
}

/** A new board's flash, as far as it goes. */
export const erasedFlash = new Uint8Array(256).fill(0xff);

/** `virtual:pico`, `virtual:pico:uart` */
export function isVirtual(target: Target, port: string | undefined): boolean {
  const name = virtualPort(target);
  return port === name || port?.startsWith(`${name}:`) === true;
}

/** @param volume the bootloader's drive, for a real board whose drive is not found by itself. */
export async function openWorld(target: Target, port?: string, volume?: string): Promise<World> {
  if (isVirtual(target, port)) {
    const { virtualBoard } = await import('../virtual/index.js');
    const { virtualWorld } = await import('../virtual/world.js');
    const board = virtualBoard(target, erasedFlash, { bootloader: true });
    return { world: virtualWorld(board), binding: board.binding, close: () => board.close() };
  }
  const { systemBinding } = await import('../serial/ports.js');
  const { realWorld } = await import('../flash/real.js');
  const binding = await systemBinding();
  return { world: realWorld(binding, volume), binding, close: () => {} };
}
