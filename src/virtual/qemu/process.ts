/**
 * One run of QEMU: its first serial port are this process's pipes, and it ends with this process, however that ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MemoryRegion, QemuEmulator } from '../../../targets/target.js';
import { findQemu } from './program.js';

export interface QemuEvents {
  /** Bytes that the firmware sent. */
  onData(bytes: Uint8Array): void;
  /** It ended by itself, with this on stderr. */
  onEnd(why: string): void;
}

export interface QemuProcess {
  send(bytes: Uint8Array): void;
  /** Bytes sent that QEMU has not taken yet. */
  readonly pending: number;
  /** Whether this process waits for it to end. */
  hold(held: boolean): void;
  close(): void;
}

const mostText = 2000;

/**
 * @param flash what lies in that region when the machine is powered; read once, as it starts.
 * @throws CrimpError `no-emulator`
 */
export function startQemu(
  emulator: QemuEmulator,
  flash: Uint8Array,
  region: MemoryRegion,
  events: QemuEvents,
): QemuProcess {
  const program = findQemu(emulator);
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-qemu-'));
  const image = path.join(folder, 'flash.bin');
  writeFileSync(image, flash);
  // A comma ends an option's value; two are one.
  const loader = `loader,file=${image.replaceAll(',', ',,')},addr=0x${region.origin.toString(16)},force-raw=on`;
  const child = spawn(
    program,
    [
      ...emulator.args,
      ...['-display', 'none', '-monitor', 'none', '-nodefaults'],
      ...serial,
      '-device',
      loader,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const guard = guardOf(child);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    process.off('exit', end);
    guard?.kill('SIGKILL');
    child.kill('SIGKILL');
    remove();
  };
  process.once('exit', end);

  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-mostText);
  });
  child.stdin.on('error', () => {}); // it has ended, which is told below
  child.stdout.once('data', remove); // firmware that speaks has been read
  child.stdout.on('data', (bytes: Buffer) => {
    if (!ended) events.onData(new Uint8Array(bytes));
  });
  const failed = (why: string) => {
    if (ended) return;
    end();
    events.onEnd(why);
  };
  child.once('error', (cause) => failed(cause.message));
  child.once('close', (code, signal) => failed(said.trim() || `it ended with ${signal ?? `code ${code}`}`));

  const streams = [child.stdin, child.stdout, child.stderr] as unknown as Socket[];
  return {
    send: (bytes) => {
      if (!ended) child.stdin.write(bytes);
    },
    get pending() {
      return ended ? 0 : child.stdin.writableLength;
    },
    hold: (held) => {
      for (const each of [child, ...streams]) held ? each.ref() : each.unref();
    },
    close: end,
  };
}

/** The emulated UART on stdin and stdout, without QEMU's own keys. */
const serial = ['-chardev', 'stdio,id=serial,signal=off', '-serial', 'chardev:serial'];

/** A shell that ends QEMU when its own stdin does: with this process, even when that is killed. Windows has none. */
function guardOf(child: ChildProcess): ChildProcess | undefined {
  if (process.platform === 'win32' || child.pid === undefined) return undefined;
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -9 ${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // Ctrl-C reaches all of a terminal's group, and this one would then be gone too early
  });
  guard.on('error', () => {}); // without a shell only a crash leaves something behind
  guard.unref();
  (guard.stdin as unknown as Socket).unref();
  return guard;
}
