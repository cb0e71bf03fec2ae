/** Finding bootloader drives: mounted volumes that hold an INFO_UF2.TXT. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Volume } from './world.js';

const infoFile = 'INFO_UF2.TXT';
const writeBytes = 16384;

/** A mounted bootloader drive as a Volume. */
function driveAt(folder: string): Volume {
  return {
    name: folder,
    info: () => readFile(path.join(folder, infoFile), 'latin1'),
    write: (uf2, onProgress) => writeThrough(path.join(folder, 'firmware.uf2'), uf2, onProgress),
  };
}

/** Bootloader drives among the mounted volumes whose name is one of these labels. */
export function findDrives(labels: readonly string[]): Volume[] {
  return mountPoints(labels).flatMap(driveIn);
}

/** The drive in a folder; none while no bootloader shows there. */
export function driveIn(folder: string): Volume[] {
  return existsSync(path.join(folder, infoFile)) ? [driveAt(folder)] : [];
}

function mountPoints(labels: readonly string[]): string[] {
  if (process.platform === 'win32') return driveLetters(labels);
  if (process.platform === 'darwin') return entries('/Volumes').filter((folder) => hasLabel(folder, labels));
  const mounted = existsSync('/proc/mounts') ? mountsOf(readFileSync('/proc/mounts', 'utf8')) : [];
  const media = ['/media', '/run/media'].flatMap((root) => [
    ...entries(root),
    ...entries(root).flatMap(entries),
  ]);
  return [...new Set([...mounted, ...media])].filter((folder) => hasLabel(folder, labels));
}

/** Second fields of /proc/mounts, with its octal escapes undone. */
export function mountsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((folder) => folder !== '')
    .map((folder) =>
      folder.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
    );
}

/** Automounters add a number where the name is taken: RPI-RP2, RPI-RP21, `RPI-RP2 1`. */
export function hasLabel(folder: string, labels: readonly string[]): boolean {
  const name = path.basename(folder);
  return labels.some((label) => name.startsWith(label) && /^[ _-]?\d{0,2}$/.test(name.slice(label.length)));
}

/** A drive letter shows no label, but the bootloader's own file names the board. */
function driveLetters(labels: readonly string[]): string[] {
  const letters = Array.from({ length: 24 }, (_, i) => `${String.fromCharCode('C'.charCodeAt(0) + i)}:\\`);
  return letters.filter((drive) => {
    try {
      const info = readFileSync(path.join(drive, infoFile), 'latin1');
      return labels.some((label) => info.includes(label));
    } catch {
      return false;
    }
  });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** fsync matters: without it the system may keep the bytes for half a minute. */
async function writeThrough(
  file: string,
  bytes: Uint8Array,
  onProgress?: (written: number) => void,
): Promise<void> {
  const handle = await open(file, 'w');
  let written = 0;
  try {
    while (written < bytes.length) {
      written += (await handle.write(bytes, written, Math.min(writeBytes, bytes.length - written)))
        .bytesWritten;
      onProgress?.(written);
    }
    await handle.sync();
    await handle.close();
  } catch (cause) {
    await handle.close().catch(() => {});
    // A board restarts as soon as it has the last block, and takes the drive with it before the file is closed.
    if (written < bytes.length) throw cause;
  }
}
