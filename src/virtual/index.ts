/** Virtual boards: a target's firmware, run by an emulator behind serialport's binding interface. */
import type { BindingInterface } from '@serialport/bindings-interface';
import type { Firmware, Target } from '../../targets/target.js';
import { type CrimpError, environmentError, inputError } from '../diagnostics.js';
import { readUf2, requireFamily } from '../flash/uf2.js';
import type { Volume } from '../flash/world.js';
import { virtualBinding } from './binding.js';
import { flashImage } from './image.js';
import { VirtualLine } from './line.js';
import type { Machine } from './machine.js';
import { virtualPort } from './port.js';
import { Rp2040Machine } from './rp2040/machine.js';
import { CacheModel } from './rp2040/xip_cache.js';
import { Scheduler } from './scheduler.js';

export interface VirtualOptions {
  /** Charge flash-cache misses: `true` for the target's own cost of a miss, or that many cycles. */
  readonly xip?: boolean | number;
  /** Start in the bootloader, as with BOOTSEL held. */
  readonly bootloader?: boolean;
}

export interface VirtualBoard {
  readonly target: Target;
  /** `virtual:pico`, the USB port, and `virtual:pico:uart`: what to open on `binding`. */
  readonly port: string;
  readonly uartPort: string;
  readonly binding: BindingInterface;
  /** The bootloader's drive while it shows. */
  readonly volume: Volume | undefined;
  /** Waits until the USB port is there. @throws CrimpError `no-usb` when the firmware does not bring it up. */
  ready(): Promise<void>;
  readonly cycles: number;
  /** Reads of the flash through the cache model, where it is on. */
  readonly cache: { readonly hits: number; readonly misses: number } | undefined;
  readonly faults: readonly string[];
  /** Unplugs it. */
  close(): void;
}

/** Emulators by the name that targets give. */
const machines: Record<Firmware['virtual']['machine'], (parts: MachineParts) => Machine> = {
  rp2040: (parts) => new Rp2040Machine(parts),
};

interface MachineParts {
  readonly firmware: Firmware;
  readonly flash: Uint8Array;
  readonly usb: VirtualLine;
  readonly uart: VirtualLine;
  readonly cache?: CacheModel;
}

/**
 * Powers a virtual board.
 * @param image the firmware as ELF, UF2 or raw binary.
 * @throws CrimpError for a target without a virtual board (`no-virtual-board`) or an image that is none (`bad-image`).
 */
export function virtualBoard(target: Target, image: Uint8Array, options: VirtualOptions = {}): VirtualBoard {
  const { firmware } = target;
  if (!firmware) {
    throw inputError(
      'no-virtual-board',
      `target ${target.name} has no virtual board`,
      'Choose a board: `--target pico`.',
    );
  }
  const port = virtualPort(target);
  const usb = new VirtualLine(port);
  const uart = new VirtualLine(`${port}:uart`);
  const cache = cacheModel(target, firmware, options.xip);
  const flash = flashImage(image, firmware, target.name);
  const machine = machines[firmware.virtual.machine]({ firmware, flash, usb, uart, cache });
  if (options.bootloader) machine.enterBootloader();
  const scheduler = new Scheduler(machine);
  const volume = volumeOf(machine, scheduler, target, firmware);
  let closed = false;
  return {
    target,
    port,
    uartPort: uart.path,
    binding: virtualBinding([usb, uart]),
    get volume() {
      return !closed && machine.state === 'bootloader' ? volume : undefined;
    },
    ready: () => untilPresent(usb, machine),
    get cycles() {
      return machine.cycles;
    },
    cache,
    faults: machine.faults,
    close: () => {
      closed = true;
      scheduler.close();
      for (const line of machine.lines) line.vanish();
    },
  };
}

/** A sound firmware needs a tenth of this, of which most is the USB reset. */
const readyMs = 20_000;
const pollMs = 5;

async function untilPresent(usb: VirtualLine, machine: Machine): Promise<void> {
  const end = performance.now() + readyMs;
  while (!usb.present) {
    if (machine.state === 'bootloader' || performance.now() > end) throw noUsb(usb.path, machine);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function noUsb(port: string, machine: Machine): CrimpError {
  const fault = machine.state === 'bootloader' ? 'the board is in its bootloader' : machine.faults[0];
  return environmentError(
    'no-usb',
    `the firmware on ${port} shows no USB port${fault ? `: ${fault}` : ''}`,
    'Give it firmware that `crimp build` wrote for this board.',
  );
}

function cacheModel(target: Target, firmware: Firmware, xip: VirtualOptions['xip']): CacheModel | undefined {
  if (xip === undefined || xip === false) return undefined;
  if (!firmware.xipCache) {
    throw inputError('no-xip-cache', `target ${target.name} has no flash cache to model`, 'Leave out --xip.');
  }
  return new CacheModel(xip === true ? firmware.xipCache : { ...firmware.xipCache, missCycles: xip });
}

function volumeOf(machine: Machine, scheduler: Scheduler, target: Target, firmware: Firmware): Volume {
  const label = firmware.flasher.volumes[0]!;
  return {
    name: `${virtualPort(target)}:${label}`,
    info: () =>
      Promise.resolve(`UF2 Bootloader (virtual)\r\nModel: ${target.title}\r\nBoard-ID: ${label}\r\n`),
    write: async (bytes, onProgress) => {
      const image = readUf2(bytes);
      requireFamily(image, firmware.flasher.familyId, target.name);
      scheduler.wake();
      machine.program(image);
      onProgress?.(bytes.length);
    },
  };
}
