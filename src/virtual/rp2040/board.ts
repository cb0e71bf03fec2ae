/** A board with an RP2040: the machine, its two serial lines, and its bootloader's drive. */
import type { Firmware, Target, Uf2Volume } from '../../../targets/target.js';
import { type CrimpError, environmentError } from '../../diagnostics.js';
import { readUf2, requireFamily } from '../../flash/uf2.js';
import type { Volume } from '../../flash/world.js';
import { virtualBinding } from '../binding.js';
import type { BoardRequest, VirtualBoard, VirtualOptions } from '../board.js';
import { VirtualLine } from '../line.js';
import type { Machine } from '../machine.js';
import { virtualPort } from '../port.js';
import { Scheduler } from '../scheduler.js';
import { Rp2040Machine } from './machine.js';
import { CacheModel } from './xip_cache.js';

export function rp2040Board({ target, firmware, flash, options }: BoardRequest): VirtualBoard {
  const port = virtualPort(target);
  const usb = new VirtualLine(port);
  const uart = new VirtualLine(`${port}:uart`);
  const cache = cacheModel(firmware, options.xip);
  const machine = new Rp2040Machine({ firmware, flash, usb, uart, cache });
  if (options.bootloader) machine.enterBootloader();
  const scheduler = new Scheduler(machine);
  const { flasher } = firmware;
  const volume = flasher && volumeOf(machine, scheduler, target, flasher);
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

function cacheModel({ xipCache }: Firmware, xip: VirtualOptions['xip']): CacheModel | undefined {
  if (xip === undefined || xip === false || !xipCache) return undefined;
  return new CacheModel(xip === true ? xipCache : { ...xipCache, missCycles: xip });
}

function volumeOf(machine: Machine, scheduler: Scheduler, target: Target, flasher: Uf2Volume): Volume {
  const label = flasher.volumes[0]!;
  return {
    name: `${virtualPort(target)}:${label}`,
    info: () =>
      Promise.resolve(`UF2 Bootloader (virtual)\r\nModel: ${target.title}\r\nBoard-ID: ${label}\r\n`),
    write: async (bytes, onProgress) => {
      const image = readUf2(bytes);
      requireFamily(image, flasher.familyId, target.name);
      scheduler.wake();
      machine.program(image);
      onProgress?.(bytes.length);
    },
  };
}
