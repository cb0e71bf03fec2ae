/** The host's program: a model's sources and firmware-templates/host, compiled by the system compiler. */
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Sources } from '../../codegen/sources.js';
import { host } from '../../targets/host.js';
import { assetPath } from '../assets.js';
import { environmentError } from '../diagnostics.js';
import { modelTable } from './model_table.js';

const execute = promisify(execFile);
const candidates = process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang'];
const sanitizeFlags = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

export interface HostOptions {
  /** Build with the address and undefined-behaviour sanitizers. */
  readonly sanitize?: boolean;
}

/** The first system compiler that answers. @throws CrimpError `no-compiler` */
export async function hostCompiler(): Promise<string> {
  for (const compiler of candidates) {
    const found = await execute(compiler, ['--version']).then(
      () => true,
      () => false,
    );
    if (found) return compiler;
  }
  const install = host.toolchain.install[process.platform as keyof typeof host.toolchain.install];
  const hint = `Install one: ${install ?? host.toolchain.install.linux}`;
  throw environmentError('no-compiler', `no C compiler: none of ${candidates.join(', ')} runs`, hint);
}

/** `cc (Debian 12.2.0-14) 12.2.0`: how a compiler names itself. */
export async function compilerVersion(compiler: string): Promise<string> {
  return (await execute(compiler, ['--version'])).stdout.split('\n')[0]!.trim();
}

/**
 * Compiles C files in `folder` into an executable there. @returns its path
 * @throws CrimpError `compile-failed` with what the compiler said.
 */
export async function compileHost(
  folder: string,
  cFiles: readonly string[],
  { sanitize = false, flags = [] }: HostOptions & { readonly flags?: readonly string[] } = {},
): Promise<string> {
  const compiler = await hostCompiler();
  const executable = path.join(folder, process.platform === 'win32' ? 'model.exe' : 'model');
  const { compileFlags, linkFlags } = host.toolchain;
  const args = [...compileFlags, ...(sanitize ? sanitizeFlags : []), ...flags, ...cFiles, ...linkFlags];
  try {
    await execute(compiler, [...args, '-o', executable], { cwd: folder, maxBuffer: 1 << 26 });
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    const said = (stderr ?? String(cause)).split('\n').slice(0, 40).join('\n');
    throw environmentError(
      'compile-failed',
      `${compiler} refused the emitted C:\n${said}`,
      'Report this as a bug.',
    );
  }
  return executable;
}

/** Writes the whole program into `folder` and compiles it. @returns the executable's path */
export async function buildHost(
  sources: Sources,
  folder: string,
  options: HostOptions = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of [...sources.files, ...modelTable(sources)])
    writeFileSync(path.join(folder, name), text);
  cpSync(assetPath('firmware-templates/common/crimp_model.h'), path.join(folder, 'crimp_model.h'));
  cpSync(assetPath('firmware-templates/host/main.c'), path.join(folder, 'main.c'));
  return compileHost(folder, ['main.c', 'crimp_model.c', `${sources.prefix}.c`], options);
}

/**
 * Runs the program on samples, raw and back to back. @returns the outputs, back to back; with `tensors` instead
 * every tensor of `sources.tensors` of each sample, by layer and then by tensor index
 * @throws CrimpError `host-run-failed` when the program ends early, as under a sanitizer.
 */
export async function runHost(
  executable: string,
  samples: Uint8Array,
  { tensors = false }: { readonly tensors?: boolean } = {},
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, tensors ? ['tensors'] : [], { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const fail = (why: string) =>
      reject(
        environmentError('host-run-failed', `the model's program failed: ${why}`, 'Report this as a bug.'),
      );
    child.on('error', (cause) => fail(cause.message));
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      if (code === 0) resolve(new Uint8Array(Buffer.concat(out)));
      else fail(`${signal ?? `exit code ${code}`}\n${Buffer.concat(err).toString().slice(0, 4000)}`);
    });
    child.stdin.end(samples);
  });
}
