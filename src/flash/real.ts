/** Flashing's world on this computer. */
import { existsSync } from 'node:fs';
import type { BindingInterface } from '@serialport/bindings-interface';
import { listPorts } from '../serial/ports.js';
import { driveIn, findDrives } from './drives.js';
import { touch } from './touch.js';
import type { FlashWorld } from './world.js';

/** @param volume a folder to take as the bootloader's drive (`--volume`), instead of looking for one. */
export function realWorld(binding: BindingInterface, volume?: string): FlashWorld {
  return {
    driveChosen: volume !== undefined,
    ports: () => listPorts(binding),
    present: async (port) => existsSync(port) || (await listPorts(binding)).some((p) => p.path === port),
    touch: (port) => touch(port, binding),
    volumes: async (labels) => (volume === undefined ? findDrives(labels) : driveIn(volume)),
  };
}
