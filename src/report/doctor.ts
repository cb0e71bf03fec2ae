/** What of the machine crimp needs, whether it is there, and what to do where it is not. */
import { readFileSync } from 'node:fs';
import { targets } from '../../targets/index.js';
import { assetPath } from '../assets.js';
import { CrimpError } from '../diagnostics.js';
import { compilerVersion, hostCompiler } from '../firmware/host.js';
import { findToolchain } from '../firmware/toolchain.js';
import { listDevices } from '../link/list_devices.js';
import { portPermission } from '../serial/permission.js';
import { qemuVersion } from '../virtual/qemu/program.js';
import { table } from './table.js';

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** The version or path found, or what is wrong. */
  readonly found: string;
  /** What to do; empty when all is well. */
  readonly hint: string;
}

export interface Examination {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

export async function examine(): Promise<Examination> {
  const findings = [versions(), node(), ...(await toolchains()), ...(await emulators()), ...(await ports())];
  return { ok: findings.every((finding) => finding.ok), findings };
}

const fine = (what: string, found: string): Finding => ({ what, ok: true, found, hint: '' });

function versions(): Finding {
  const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string };
  return fine('crimp', version);
}

function node(): Finding {
  const { node: version } = process.versions;
  const ok = Number.parseInt(version, 10) >= 20;
  return {
    what: 'Node.js',
    ok,
    found: version,
    hint: ok ? '' : 'Install Node 20 or newer: https://nodejs.org',
  };
}

/** One compiler may serve several boards: each prefix is looked for once. */
async function toolchains(): Promise<Finding[]> {
  const byPrefix = new Map(targets.map((target) => [target.toolchain.prefix, target.toolchain]));
  return Promise.all(
    [...byPrefix].map(([prefix, toolchain]) =>
      attempt(prefix === '' ? 'C compiler' : `${prefix}gcc`, async () => {
        if (prefix === '') return compilerVersion(await hostCompiler());
        const { gcc, version } = await findToolchain(toolchain);
        return `${version} (${gcc})`;
      }),
    ),
  );
}

/** Those that are programs of their own; one may serve several boards. */
async function emulators(): Promise<Finding[]> {
  const programs = targets.flatMap(({ firmware }) =>
    firmware?.virtual.kind === 'qemu' ? [firmware.virtual] : [],
  );
  const byProgram = new Map(programs.map((emulator) => [emulator.program, emulator]));
  return Promise.all(
    [...byProgram].map(([program, emulator]) => attempt(program, () => qemuVersion(emulator))),
  );
}

async function attempt(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return fine(what, await look());
  } catch (thrown) {
    if (!(thrown instanceof CrimpError)) throw thrown;
    const [problem] = thrown.diagnostics;
    return { what, ok: false, found: problem!.message, hint: problem!.hint };
  }
}

/** Each serial port that is there: may this user open it? */
async function ports(): Promise<Finding[]> {
  const devices = (await listDevices()).filter((device) => device.kind === 'serial');
  if (devices.length === 0) return [fine('serial ports', 'none plugged in')];
  return devices.map(({ port, title }) => {
    const what = title ? `${port} (${title})` : port;
    const permission = portPermission(port);
    if (!permission || permission.allowed) return fine(what, 'may be opened');
    const found = `belongs to group ${permission.group}, which you are not in`;
    return { what, ok: false, found, hint: `Run \`${permission.command}\`, then log in again.` };
  });
}

export function formatDoctor({ findings }: Examination): string {
  const rows = findings.map(({ what, ok, found }) => [ok ? 'ok' : 'MISSING', what, found]);
  const hints = findings.filter((f) => f.hint !== '').map(({ what, hint }) => `  → ${what}: ${hint}`);
  return [table([{ title: '' }, { title: '' }, { title: '' }], rows).trim(), ...hints].join('\n');
}
