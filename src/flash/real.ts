/** Flashing's world on this computer. */
import type { BindingInterface } from '@serialport/bindings-interface';
import { listPorts } from '../serial/ports.js';
import { driveIn, findDrives } from './drives.js';
import { touch } from './touch.js';
import type { FlashWorld } from './world.js';

/** @param volume a folder to take as the bootloader's drive (`--volume`), instead of looking for one. */
export function realWorld(binding: BindingInterface, volume?: string): FlashWorld {
  return {
    ports: () => listPorts(binding),
    touch: (port) => touch(port, binding),
    volumes: async (labels) => (volume === undefined ? findDrives(labels) : driveIn(volume)),
  };
}
