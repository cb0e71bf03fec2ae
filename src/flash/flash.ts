/** Putting firmware on a board: one state after the other, each with an end and with words for what to do next. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { boardNames } from '../../targets/index.js';
import type { Firmware, Target } from '../../targets/target.js';
import { type CrimpError, environmentError, inputError } from '../diagnostics.js';
import { bootProblems } from '../firmware/boot_check.js';
import type { Port } from '../serial/ports.js';
import { readUf2, requireFamily, type Uf2Image } from './uf2.js';
import type { FlashWorld, Volume } from './world.js';

export type FlashState = 'find-board' | 'restart' | 'wait-for-drive' | 'write' | 'wait-for-port' | 'check';

export interface FlashProgress {
  readonly state: FlashState;
  /** What happens now, for people. */
  readonly message: string;
  /** While writing. */
  readonly percent?: number;
  readonly bytesPerSecond?: number;
}

export interface FlashTimeouts {
  /** ms from the request to restart until the bootloader's drive shows. */
  readonly drive: number;
  /** ms from the last byte written until the board's port is back. */
  readonly port: number;
}

export interface FlashOptions {
  readonly world: FlashWorld;
  readonly onProgress?: (progress: FlashProgress) => void;
  /** Asks the new firmware who it is, and throws when it is not what was flashed. Its answer is passed on. */
  readonly check?: (port: string) => Promise<void>;
  readonly timeouts?: Partial<FlashTimeouts>;
}

export interface Flashed {
  /** Where the board is now: the port it had before, or the one it came back on. */
  readonly port: string;
  readonly bytes: number;
}

const defaultTimeouts: FlashTimeouts = { drive: 15000, port: 15000 };
const pollMs = 50;
const firmwareFile = 'firmware.uf2';

/**
 * @param source the folder that `crimp build` wrote, a UF2 file's path, or its bytes.
 * @param port where the board is; undefined takes the only board there is, or one already in its bootloader.
 * @throws CrimpError: no-firmware, bad-uf2, wrong-family (exit code 2); no-board, many-boards, port-absent, no-drive,
 * many-drives, drive-write, no-return, and what `check` throws (exit code 3).
 */
export async function flash(
  source: string | Uint8Array,
  port: string | undefined,
  target: Target,
  options: FlashOptions,
): Promise<Flashed> {
  const board = requireFlashable(target);
  const uf2 = typeof source === 'string' ? readFirmware(source) : source;
  const file = typeof source === 'string' ? source : undefined;
  const image = readUf2(uf2, file);
  requireFamily(image, board.flasher.familyId, target.name, file);
  requireBootable(image, target.firmware!, file);
  return new Flashing(uf2, target, board, options).from(port);
}

/** @throws CrimpError `bad-image` for what the board's bootrom would not start, and its bootloader write all the same. */
function requireBootable(image: Uf2Image, firmware: Firmware, file: string | undefined): void {
  const { origin } = firmware.flash;
  const chunks = image.chunks.filter(({ familyId }) => familyId === firmware.flasher!.familyId);
  const flash = new Uint8Array(
    Math.max(...chunks.map(({ address, bytes }) => address + bytes.length)) - origin,
  );
  for (const { address, bytes } of chunks) if (address >= origin) flash.set(bytes, address - origin);
  const problems = bootProblems(flash, firmware);
  if (problems.length === 0) return;
  throw inputError(
    'bad-image',
    `the board would not start this firmware: ${problems.join('; ')}`,
    'Build it again: `crimp build MODEL -o DIR`.',
    file === undefined ? undefined : { file },
  );
}

type Flashable = Required<Pick<Firmware, 'flasher' | 'usb'>>;

/** @throws CrimpError `no-flasher` for a target that only runs here: the host, and boards that are virtual only. */
export function requireFlashable({ name, firmware }: Target): Flashable {
  if (firmware?.flasher && firmware.usb) return { flasher: firmware.flasher, usb: firmware.usb };
  if (!firmware)
    throw inputError('no-flasher', `target ${name} is not flashed`, `Choose a board: ${boardNames()}.`);
  throw inputError(
    'no-flasher',
    `target ${name} has no bootloader: it is powered with its firmware`,
    'Leave flashing out: `run`, `validate` and `bench` take the build folder, `virtual` its firmware.elf.',
  );
}

/** @throws CrimpError `no-firmware` where the folder or file is missing. */
function readFirmware(source: string): Uint8Array {
  const file = statSync(source, { throwIfNoEntry: false })?.isDirectory()
    ? path.join(source, firmwareFile)
    : source;
  try {
    return readFileSync(file);
  } catch (cause) {
    throw inputError(
      'no-firmware',
      `${file}: ${(cause as Error).message}`,
      'Build it: `crimp build MODEL -o DIR`.',
      {
        file,
      },
    );
  }
}

class Flashing {
  private readonly timeouts: FlashTimeouts;

  constructor(
    private readonly uf2: Uint8Array,
    private readonly target: Target,
    private readonly board: Flashable,
    private readonly options: FlashOptions,
  ) {
    this.timeouts = { ...defaultTimeouts, ...options.timeouts };
  }

  async from(port: string | undefined): Promise<Flashed> {
    const { world } = this.options;
    this.say('find-board', 'Looking for the board');
    const before = await world.ports();
    const waiting = await this.drives();
    const found = await this.portToTouch(port, before, waiting);
    let volume = waiting[0];
    if (found !== undefined) {
      this.say('restart', `Asking ${found} to restart into its bootloader`);
      await world.touch(found);
      this.say('wait-for-drive', `Waiting for the drive ${this.labels}`);
      volume = await this.until(this.timeouts.drive, async () => {
        const drives = await this.drives();
        return drives.find((drive) => !waiting.some((old) => old.name === drive.name));
      });
      if (volume === undefined) throw this.noDrive();
    }
    if (volume === undefined) throw this.noBoard();
    await this.write(volume);

    this.say('wait-for-port', 'Waiting for the board to come back');
    const returned = await this.until(this.timeouts.port, () => this.returned(port ?? found, before));
    if (returned === undefined) throw this.noReturn();
    if (this.options.check) {
      this.say('check', `Asking ${returned} what it runs`);
      await this.options.check(returned);
    }
    return { port: returned, bytes: this.uf2.length };
  }

  private drives(): Promise<readonly Volume[]> {
    return this.options.world.volumes(this.board.flasher.volumes);
  }

  private isOurs(port: Port): boolean {
    const { vendorId, productId } = this.board.usb;
    const id = (hex: string | undefined) => Number.parseInt(hex ?? '', 16);
    return id(port.vendorId) === vendorId && id(port.productId) === productId;
  }

  /** undefined: write to the drive that waits. */
  private async portToTouch(port: string | undefined, ports: readonly Port[], waiting: readonly Volume[]) {
    if (this.options.world.driveChosen && waiting.length > 0) return undefined;
    return port === undefined ? this.onlyBoard(ports, waiting) : this.namedPort(port, waiting);
  }

  /** The port named; undefined where it is absent because the board waits in its bootloader. */
  private async namedPort(port: string, waiting: readonly Volume[]): Promise<string | undefined> {
    if (await this.options.world.present(port)) return port;
    if (waiting.length === 1) return undefined;
    if (waiting.length > 1) throw manyDrives(waiting);
    throw environmentError(
      'port-absent',
      `there is no port ${port}, and no board waits in its bootloader`,
      'See which ports there are with `crimp devices`, or hold BOOTSEL while you plug the board in.',
    );
  }

  private onlyBoard(ports: readonly Port[], waiting: readonly Volume[]): string | undefined {
    if (waiting.length > 1) throw manyDrives(waiting);
    if (waiting.length === 1) return undefined;
    const ours = ports.filter((port) => this.isOurs(port));
    if (ours.length > 1) {
      const names = ours.map((port) => port.path).join(', ');
      throw environmentError(
        'many-boards',
        `there are several boards: ${names}`,
        'Choose one with --port PORT.',
      );
    }
    if (ours.length === 0) throw this.noBoard();
    return ours[0]!.path;
  }

  private async write(volume: Volume): Promise<void> {
    const total = this.uf2.length;
    const start = performance.now();
    const report = (bytes: number) => {
      const seconds = Math.max((performance.now() - start) / 1000, 1e-3);
      const percent = Math.round((100 * bytes) / total);
      this.say('write', `Writing to ${volume.name}`, {
        percent,
        bytesPerSecond: Math.round(bytes / seconds),
      });
    };
    report(0);
    try {
      await volume.write(this.uf2, report);
    } catch (cause) {
      throw environmentError(
        'drive-write',
        `writing to ${volume.name} failed: ${(cause as Error).message}`,
        'Unplug the board, hold BOOTSEL while you plug it in, and flash again.',
      );
    }
  }

  /** Where the board is again: under its old name, else as a new port of this kind of board. */
  private async returned(old: string | undefined, before: readonly Port[]): Promise<string | undefined> {
    const { world } = this.options;
    if (old !== undefined && (await world.present(old))) return old;
    const ports = await world.ports();
    return ports.find((port) => this.isOurs(port) && !before.some((b) => b.path === port.path))?.path;
  }

  private async until<T>(ms: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const end = performance.now() + ms;
    for (;;) {
      const found = await look();
      if (found !== undefined || performance.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  private get labels(): string {
    return this.board.flasher.volumes.join(' or ');
  }

  private say(state: FlashState, message: string, more: Partial<FlashProgress> = {}): void {
    this.options.onProgress?.({ state, message, ...more });
  }

  private noBoard(): CrimpError {
    return environmentError(
      'no-board',
      `no ${this.target.title} is there: neither its port nor its drive ${this.labels}`,
      'Hold BOOTSEL while you plug the board in, or name its port with --port PORT.',
    );
  }

  private noDrive(): CrimpError {
    return environmentError(
      'no-drive',
      `the board did not restart into its bootloader within ${this.timeouts.drive / 1000} s: no drive ${this.labels} came`,
      'Unplug it, hold BOOTSEL while you plug it in, mount the drive if your system does not, and flash again; or name its folder with --volume DIR.',
    );
  }

  private noReturn(): CrimpError {
    return environmentError(
      'no-return',
      `the firmware was written, but the board’s port did not come back within ${this.timeouts.port / 1000} s`,
      'Unplug the board and plug it in again; then see `crimp devices`.',
    );
  }
}

function manyDrives(volumes: readonly Volume[]): CrimpError {
  const names = volumes.map((volume) => volume.name).join(', ');
  return environmentError(
    'many-drives',
    `several boards wait in their bootloaders: ${names}`,
    'Plug in one of them only, or name its folder with --volume DIR.',
  );
}
