/** Files that ship beside the code (kernels, firmware templates) and are read at run time. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Root of the package: the nearest folder above this module with a package.json. The same from the sources
 * (src/) as from the bundle (dist/).
 */
function findRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('crimp is not inside its package');
    folder = parent;
  }
  return folder;
}

export const packageRoot = findRoot();

/** Absolute path of a shipped file: `assetPath('codegen/kernels/portable/conv_2d_s8.c')`. */
export function assetPath(relative: string): string {
  return path.join(packageRoot, relative);
}
