/** From a compiled model to something that runs it. */
import path from 'node:path';
import type { Compiled } from '../compile.js';
import { inputError } from '../diagnostics.js';
import { readInputFile, withTemporaryFolder } from '../files.js';
import { buildFirmware } from '../firmware/build.js';
import { virtualPort } from '../virtual/port.js';
import { boardRunner } from './board_runner.js';
import { hostRunner } from './host_runner.js';
import { isVirtual } from './open_world.js';
import type { Runner } from './runner.js';
import type { Subject } from './subject.js';

export interface RunnerOptions {
  /** A serial port, or a virtual board's; the target's virtual board when absent. */
  readonly port?: string;
  /** Virtual boards: model the flash cache, at the target's own cost of a miss or another. */
  readonly xip?: { readonly missCycles?: number };
  /** Steps of building the firmware. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * A virtual board is powered with the firmware that belongs to the subject (a build folder's own, else built now);
 * a real one must already carry it, which its hash shows.
 * @throws CrimpError what `buildFirmware` and `openDevice` throw.
 */
export async function openRunner(subject: Subject, options: RunnerOptions = {}): Promise<Runner> {
  const { compiled, target } = subject;
  const { port } = options;
  if (!target.firmware) {
    if (port === undefined) return hostRunner(compiled, target);
    throw inputError(
      'bad-usage',
      `target ${target.name} has no port`,
      'Leave --port away, or choose a board.',
    );
  }
  const { openDevice } = await import('../link/device.js');
  const wanted = { target, hash: compiled.hash };
  if (port !== undefined && !isVirtual(target, port)) {
    if (port.startsWith('virtual:')) throw otherVirtualBoard(port, virtualPort(target));
    if (options.xip) {
      throw inputError('bad-usage', `--xip models a flash cache; ${port} has its own`, 'Leave --xip away.');
    }
    return boardRunner(compiled, target, await openDevice(port, wanted));
  }

  const { virtualBoard } = await import('../virtual/index.js');
  const image = await firmwareOf(subject, options.onProgress);
  const board = virtualBoard(target, image, { xip: options.xip && (options.xip.missCycles ?? true) });
  try {
    await board.ready();
    const device = await openDevice(port ?? board.port, { ...wanted, binding: board.binding });
    return boardRunner(compiled, target, device, () => board.close());
  } catch (thrown) {
    board.close();
    throw thrown;
  }
}

/** Several runners of one model share its firmware. */
const built = new WeakMap<Compiled, Promise<Uint8Array>>();

function firmwareOf(subject: Subject, onProgress: RunnerOptions['onProgress']): Promise<Uint8Array> {
  const known = built.get(subject.compiled);
  if (known) return known;
  const image = makeFirmware(subject, onProgress);
  built.set(subject.compiled, image);
  return image;
}

async function makeFirmware({ compiled, target, folder }: Subject, onProgress: RunnerOptions['onProgress']) {
  const read = (directory: string) =>
    readInputFile(path.join(directory, 'firmware.elf'), 'Build it again with `crimp build`.');
  if (folder !== undefined) return read(folder);
  return withTemporaryFolder(async (temporary) => {
    const directory = path.join(temporary, 'build');
    await buildFirmware(compiled, target, { directory, onProgress, keepSources: false });
    return read(directory);
  });
}

function otherVirtualBoard(port: string, own: string) {
  return inputError(
    'wrong-board',
    `${port} is not this target’s virtual board`,
    `Say --port ${own}, or another --target.`,
  );
}
