/**
 * Writing that leaves no partial file: everything goes to a temporary name beside its destination and is renamed
 * when complete. Temporary names are removed on errors and when the process ends early (Ctrl-C exits the CLI
 * through `process.exit`, so exit handlers run).
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inputError } from './diagnostics.js';

const temporary = new Set<string>();
process.on('exit', () => {
  for (const name of temporary) rmSync(name, { recursive: true, force: true });
});

function discard(name: string): void {
  rmSync(name, { recursive: true, force: true });
  temporary.delete(name);
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
    throw inputError(
      'cannot-write',
      `${file}: ${(cause as Error).message}`,
      'Choose a path that you may write to.',
      {
        file,
      },
    );
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
  const parent = path.dirname(path.resolve(folder));
  let name: string;
  try {
    mkdirSync(parent, { recursive: true });
    name = mkdtempSync(path.join(parent, `.${path.basename(folder)}-`));
  } catch (cause) {
    throw inputError(
      'cannot-write',
      `${folder}: ${(cause as Error).message}`,
      'Choose a folder that you may write to.',
      {
        file: folder,
      },
    );
  }
  temporary.add(name);
  try {
    const result = await fill(name);
    moveEntries(name, folder);
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
