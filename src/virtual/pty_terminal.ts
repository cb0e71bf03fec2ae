/**
 * A pseudo-terminal without native code: util-linux's `script` makes one whose master end is its own stdin and
 * stdout. A shell inside holds the slave end, reports its path and, again and again, its speed, and ends itself when
 * this process is gone, so that nothing is left behind even after a crash.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type CrimpError, environmentError } from '../diagnostics.js';

export interface Terminal {
  readonly path: string;
  /** Bytes that a program wrote to the terminal. */
  onData: ((bytes: Buffer) => void) | undefined;
  /** The speed that a program set it to; said many times. */
  onBaudRate: ((rate: number) => void) | undefined;
  write(bytes: Buffer): void;
  close(): Promise<void>;
}

const openMs = 5000;
/** Descriptor on which the shell reports. A speed of 1200 is set back, so that the next touch is seen as well. */
const shellOf = (pid: number) =>
  [
    'stty raw -echo 115200',
    'tty >&3',
    `while kill -0 ${pid} 2>/dev/null; do speed=$(stty speed); echo $speed >&3`,
    'if [ "$speed" = 1200 ]; then stty 115200; fi; sleep 0.1; done',
  ].join('; ');

/** @throws CrimpError `no-pty`. */
export async function openTerminal(): Promise<Terminal> {
  if (process.platform !== 'linux') throw noPty(`on ${process.platform}`);
  const child = spawn('script', ['-qfec', shellOf(process.pid), '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
    env: { ...process.env, SHELL: '/bin/sh' },
  });
  const kill = () => child.kill('SIGKILL'); // hangs up the slave end, which ends the shell
  process.once('exit', kill);
  const terminal: Terminal = {
    path: '',
    onData: undefined,
    onBaudRate: undefined,
    write: (bytes) => child.stdin!.write(bytes),
    close: async () => {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await ended;
    },
  };
  child.stdin!.on('error', () => {}); // the terminal has ended
  child.stdout!.on('data', (bytes: Buffer) => terminal.onData?.(bytes));
  try {
    const path = await reports(child, (rate) => terminal.onBaudRate?.(rate));
    return Object.assign(terminal, { path });
  } catch (cause) {
    await terminal.close();
    throw cause;
  }
}

/** The path, which is the first thing the shell says; all that follows are speeds. */
function reports(child: ChildProcess, onRate: (rate: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(noPty('(`script` gives none)')), openMs);
    child.once('error', (cause) => reject(noPty(`(${cause.message})`)));
    child.once('exit', () => reject(noPty('(`script` ended)')));
    const lines = createInterface({ input: child.stdio[3] as Readable });
    lines.on('line', (line) => {
      if (line.startsWith('/dev/')) {
        clearTimeout(timer);
        resolve(line);
      } else onRate(Number(line));
    });
  });
}

function noPty(why: string): CrimpError {
  return environmentError(
    'no-pty',
    `no pseudo-terminal can be had ${why}`,
    'This needs Linux with util-linux’s `script`. Without it, use `--port virtual:…` of crimp’s own verbs, which works everywhere.',
  );
}
