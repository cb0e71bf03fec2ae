/** Runs the cross compiler: units in parallel, then the linker; what it says becomes a diagnostic. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Firmware, Toolchain } from '../../targets/target.js';
import { type CrimpError, environmentError, error, throwIfErrors } from '../diagnostics.js';
import { cachedObject, cacheObject, unitKey } from './object_cache.js';
import type { Project } from './project.js';
import type { FoundToolchain } from './toolchain.js';

const execute = promisify(execFile);
const parallel = 2;
const shownLines = 40;

export interface CompileOptions {
  /** Where the project's files are; objects and the ELF go there too. */
  readonly folder: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Compiles and links the project. @returns the ELF's path
 * @throws CrimpError `compile-failed`, `link-failed`, or `model-too-large` with how much is over.
 */
export async function compileProject(
  project: Project,
  firmware: Firmware,
  tools: { readonly toolchain: Toolchain; readonly found: FoundToolchain },
  { folder, onProgress }: CompileOptions,
): Promise<string> {
  const { gcc } = tools.found;
  const { compileFlags, linkFlags } = tools.toolchain;
  const includes = project.includeFolders.map((name) => `-I${name}`);
  for (const unit of project.units)
    mkdirSync(path.dirname(path.join(folder, unit.object)), { recursive: true });

  const steps = project.units.length + 1;
  let done = 0;
  const waiting = [...project.units];
  const worker = async () => {
    for (let unit = waiting.shift(); unit; unit = waiting.shift()) {
      const { source, object, flags } = unit;
      const command = [...compileFlags, ...flags, ...includes, '-c', source, '-o', object];
      const key = unitKey(project, unit, [gcc, tools.found.version, ...command]);
      const known = key === undefined ? undefined : cachedObject(key);
      const file = path.join(folder, object);
      if (known) writeFileSync(file, known);
      else await run(gcc, command, folder, compileFailed);
      if (!known && key !== undefined) cacheObject(key, readFileSync(file));
      onProgress?.(++done, steps);
    }
  };
  // All settle before the first failure is told, so that no compiler still writes when the folder goes.
  const results = await Promise.allSettled(Array.from({ length: parallel }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;

  const elf = 'firmware.elf';
  const link = [
    ...linkFlags,
    '-Wl,--gc-sections',
    '-Wl,--build-id=none',
    '-Wl,--strip-debug',
    ...project.includeFolders.map((name) => `-L${name}`),
    `-T${project.linkerScript}`,
    ...project.units.map((unit) => unit.object),
    '-lgcc',
    '-o',
    elf,
  ];
  await run(gcc, link, folder, (gccPath, said) => linkFailed(gccPath, said, firmware));
  onProgress?.(steps, steps);
  return path.join(folder, elf);
}

async function run(
  gcc: string,
  args: readonly string[],
  cwd: string,
  failed: (gcc: string, said: string) => CrimpError,
): Promise<void> {
  try {
    await execute(gcc, args, { cwd, maxBuffer: 1 << 26, env: { ...process.env, LC_ALL: 'C' } });
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    throw failed(gcc, (stderr || String(cause)).split('\n').slice(0, shownLines).join('\n').trimEnd());
  }
}

function compileFailed(gcc: string, said: string): CrimpError {
  return environmentError(
    'compile-failed',
    `${gcc} refused the firmware's C:\n${said}`,
    'Report this as a bug.',
  );
}

/** GNU ld: "region `FLASH' overflowed by 1234 bytes". */
function linkFailed(gcc: string, said: string, firmware: Firmware): CrimpError {
  const names = { FLASH: 'flash', RAM: 'ram' } as const;
  const over = [...said.matchAll(/region `(FLASH|RAM)' overflowed by (\d+) bytes?/g)];
  throwIfErrors(
    over.map(([, region, bytes]) => {
      const name = names[region as keyof typeof names];
      const message = `the firmware needs ${bytes} bytes more ${name} than the ${firmware[name].bytes} there are`;
      return error('model-too-large', message, 'Use a smaller model, or a board with more memory.');
    }),
  );
  return environmentError(
    'link-failed',
    `${gcc} could not link the firmware:\n${said}`,
    'Report this as a bug.',
  );
}
