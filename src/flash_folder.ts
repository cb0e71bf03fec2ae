/** A build folder onto a board, real or virtual, up to the board's own word that it runs the right model. */
import { findTarget } from '../targets/index.js';
import type { BuildModel } from './firmware/build_folder.js';
import { readBuildFolder } from './firmware/build_folder.js';
import { type Flashed, type FlashProgress, flash, requireFlashable } from './flash/flash.js';

export interface FlashFolderOptions {
  /** The only board plugged in when absent. */
  readonly port?: string;
  /** The bootloader's drive, where it is not found by itself. */
  readonly volume?: string;
  readonly onProgress?: (progress: FlashProgress) => void;
}

export interface FlashedFolder extends Flashed {
  readonly target: string;
  readonly model: BuildModel;
}

/** @throws CrimpError: everything that `flash` and `openDevice` throw, and `not-a-build`. */
export async function flashFolder(folder: string, options: FlashFolderOptions): Promise<FlashedFolder> {
  const { port, volume, onProgress } = options;
  const { target: targetName, model } = readBuildFolder(folder);
  const target = findTarget(targetName);
  requireFlashable(target);
  const { confirmFirmware } = await import('./link/confirm.js');
  const { openWorld } = await import('./measure/open_world.js');
  const { world, binding, close } = await openWorld(target, port, volume);
  try {
    const check = confirmFirmware({ target, hash: model.hash, binding });
    const flashed = await flash(folder, port, target, { world, onProgress, check });
    return { ...flashed, target: targetName, model };
  } finally {
    close();
  }
}
