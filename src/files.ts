/**
 * Writing that leaves no partial file: everything goes to a temporary name beside its destination and is renamed
 * when complete. Temporary names are removed on errors and when the process ends early (Ctrl-C exits the CLI
 * through `process.exit`, so exit handlers run).
 */
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CrimpError, inputError } from './diagnostics.js';

const temporary = new Set<string>();
process.on('exit', () => {
  for (const name of temporary) remove(name);
});

/** Again and again for a moment: a compiler that Ctrl-C has hit as well may still be writing there. */
function remove(name: string): void {
  rmSync(name, { recursive: true, force: true, maxRetries: 5 });
}

function discard(name: string): void {
  remove(name);
  temporary.delete(name);
}

/** What the operating system said, in words; its own ones for what is rare. */
function reasonOf(cause: unknown): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or folder',
    ENOTDIR: 'a part of the path is a file, not a folder',
    EISDIR: 'is a folder, not a file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
  };
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return words[code] ?? message;
}

/** A file that the user named. @throws CrimpError `cannot-read` */
export function readInputFile(file: string, hint: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw inputError('cannot-read', reasonOf(cause), hint, { file });
  }
}

function cannotWrite(name: string, cause: unknown): CrimpError {
  return inputError('cannot-write', reasonOf(cause), 'Choose a path that you may write to.', { file: name });
}

/** Writes a file as a whole or not at all; the folder is made where it is missing. */
export function replaceFile(file: string, data: string | Uint8Array): void {
  const name = `${file}.${process.pid}.tmp`;
  temporary.add(name);
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(name, data);
    renameSync(name, file);
  } catch (cause) {
    throw cannotWrite(file, cause);
  } finally {
    discard(name);
  }
}

/**
 * Fills a temporary folder and moves its entries into `folder`, one rename each, only after `fill` has succeeded.
 * Other files that are already in `folder` stay. @returns what `fill` returned.
 */
export async function replaceInFolder<T>(
  folder: string,
  fill: (temporaryFolder: string) => Promise<T>,
): Promise<T> {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile()) {
    throw inputError('cannot-write', 'is a file, not a folder', 'Choose another folder.', { file: folder });
  }
  const whole = path.resolve(folder);
  // Not mkdtemp, whose folders are closed to everyone else, and so would be the user's.
  const name = path.join(path.dirname(whole), `.${path.basename(whole)}-${randomUUID().slice(0, 8)}`);
  temporary.add(name);
  try {
    mkdirSync(name, { recursive: true });
  } catch (cause) {
    temporary.delete(name);
    throw cannotWrite(folder, cause);
  }
  try {
    const result = await fill(name);
    moveEntries(name, whole);
    return result;
  } finally {
    discard(name);
  }
}

function moveEntries(from: string, to: string): void {
  if (!existsSync(to)) {
    renameSync(from, to);
    return;
  }
  for (const entry of readdirSync(from)) {
    rmSync(path.join(to, entry), { recursive: true, force: true });
    renameSync(path.join(from, entry), path.join(to, entry));
  }
}

/** Runs `use` in a fresh folder of the system's temporary one and removes it afterwards. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const name = mkdtempSync(path.join(tmpdir(), 'crimp-'));
  temporary.add(name);
  try {
    return await use(name);
  } finally {
    discard(name);
  }
}
