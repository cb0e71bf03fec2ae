/** A folder that stands for a virtual board's bootloader drive. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { VirtualBoard } from './index.js';

export interface ServedDrive {
  readonly folder: string;
  /** To be called again and again: shows and hides the drive, and flashes what was copied into it. */
  look(): Promise<void>;
  close(): void;
}

const infoFile = 'INFO_UF2.TXT';

export function serveDrive(board: VirtualBoard, onEvent: (message: string) => void): ServedDrive {
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-drive-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  /** Sizes at the last look: a file that has not grown since is whole. */
  let sizes = new Map<string, number>();
  const refused = new Set<string>();
  let shown = false;

  const hide = () => {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true, force: true });
    sizes = new Map();
    refused.clear();
    shown = false;
  };

  const look = async () => {
    const { volume } = board;
    if (volume === undefined) {
      if (shown) hide();
      return;
    }
    if (!shown) {
      writeFileSync(path.join(folder, infoFile), await volume.info());
      shown = true;
      onEvent(`the bootloader's drive is ${folder}`);
    }
    const before = sizes;
    sizes = fileSizes(folder);
    for (const [name, size] of sizes) {
      const known = `${name} ${size}`;
      if (size === 0 || before.get(name) !== size || refused.has(known)) continue;
      try {
        await volume.write(readFileSync(path.join(folder, name)));
        onEvent(`flashed ${name}, ${size} bytes`);
        hide();
        return;
      } catch (cause) {
        refused.add(known);
        onEvent(`${name}: ${(cause as Error).message}`);
      }
    }
  };
  return {
    folder,
    look,
    close: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

function fileSizes(folder: string): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const name of readdirSync(folder)) {
    const stat = statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile() && name !== infoFile) sizes.set(name, stat.size);
  }
  return sizes;
}
