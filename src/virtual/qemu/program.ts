/** Finds QEMU: on the PATH, then where installers put it. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Install, QemuEmulator } from '../../../targets/target.js';
import { environmentError } from '../../diagnostics.js';

const execute = promisify(execFile);

/** Where installers put it without extending the PATH. */
const places: Readonly<Record<string, readonly string[]>> = {
  darwin: ['/opt/homebrew/bin', '/usr/local/bin'],
  win32: ['C:/Program Files/qemu'],
};

/** @returns its path @throws CrimpError `no-emulator` with the command that installs it. */
export function findQemu({ program, install }: QemuEmulator): string {
  const { platform, env } = process;
  const name = platform === 'win32' ? `${program}.exe` : program;
  const folders = [...(env.PATH ?? '').split(path.delimiter).filter(Boolean), ...(places[platform] ?? [])];
  const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw environmentError(
    'no-emulator',
    `there is no ${program}, which this virtual board runs on`,
    `Install it: ${install[platform as keyof Install] ?? install.linux}`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `7.2.22` @throws CrimpError `no-emulator`, also where it is there but does not run. */
export async function qemuVersion(emulator: QemuEmulator): Promise<string> {
  const file = findQemu(emulator);
  try {
    const { stdout } = await execute(file, ['--version']);
    return `${/version (\S+)/.exec(stdout)?.[1] ?? 'unknown'} (${file})`;
  } catch (cause) {
    throw environmentError(
      'no-emulator',
      `${file} does not run: ${(cause as Error).message}`,
      'Install it anew.',
    );
  }
}
