/** Finds a cross compiler: on the PATH, then where installers put it. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Install, Toolchain } from '../../targets/target.js';
import { environmentError } from '../diagnostics.js';

const execute = promisify(execFile);

export interface FoundToolchain {
  /** The compiler, which also assembles and links. */
  readonly gcc: string;
  /** As it says itself: `12.2.1`. */
  readonly version: string;
}

/** First gcc whose C front end and back ends the firmware is known to suit. */
const oldestVersion = 9;

/** Folders with `*` for one level of names; newer versions sort later and are tried first. */
const places: Readonly<Record<string, readonly string[]>> = {
  linux: [
    '/usr/local/bin',
    '/opt/*/bin',
    '/opt/*/*/bin',
    '~/.local/xPacks/*/*/*/bin',
    '~/.espressif/tools/*/*/*/bin',
  ],
  darwin: [
    '/opt/homebrew/bin',
    '/usr/local/bin',
    '/Applications/ArmGNUToolchain/*/*/bin',
    '/Applications/ARM/bin',
    '/opt/*/bin',
    '~/.espressif/tools/*/*/*/bin',
  ],
  win32: [
    'C:/Program Files (x86)/Arm GNU Toolchain arm-none-eabi/*/bin',
    'C:/Program Files/Arm GNU Toolchain arm-none-eabi/*/bin',
    'C:/Program Files (x86)/GNU Arm Embedded Toolchain/*/bin',
    'C:/ProgramData/chocolatey/bin',
  ],
};

/** The folders that a pattern with `*` stands for, last first. */
export function expandFolders(pattern: string): string[] {
  const [first, ...rest] = pattern.replace(/^~/, homedir()).split('/');
  let folders = [first === '' ? '/' : `${first}/`];
  for (const part of rest) {
    folders = folders.flatMap((folder) => {
      if (part !== '*') return [path.join(folder, part)];
      return list(folder).map((name) => path.join(folder, name));
    });
  }
  return folders;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch {
    return [];
  }
}

/** @throws CrimpError `no-compiler` or `old-compiler` with the command that installs one. */
export async function findToolchain(
  toolchain: Toolchain,
  platform: NodeJS.Platform = process.platform,
): Promise<FoundToolchain> {
  const [name, ...otherNames] = [toolchain.prefix, ...(toolchain.otherPrefixes ?? [])].map(
    (prefix) => `${prefix}gcc`,
  ) as [string, ...string[]];
  const folders = (places[platform] ?? []).flatMap(expandFolders);
  const install = toolchain.install[platform as keyof Install] ?? toolchain.install.linux;
  let old: FoundToolchain | undefined;
  const candidates = [name, ...otherNames].flatMap((n) => [
    n,
    ...folders.map((folder) => path.join(folder, n)),
  ]);
  for (const gcc of candidates) {
    const version = await versionOf(gcc);
    if (version === undefined) continue;
    if (Number.parseInt(version, 10) >= oldestVersion) return { gcc, version };
    old ??= { gcc, version };
  }
  if (old) {
    const message = `${old.gcc} is version ${old.version}; ${oldestVersion} or newer is needed`;
    throw environmentError('old-compiler', message, `Install a newer one: ${install}`);
  }
  const message = `there is no ${name}, neither on the PATH nor in the usual folders`;
  throw environmentError('no-compiler', message, `Install it: ${install}`);
}

async function versionOf(gcc: string): Promise<string | undefined> {
  try {
    return (await execute(gcc, ['-dumpfullversion'])).stdout.trim();
  } catch {
    return undefined;
  }
}
