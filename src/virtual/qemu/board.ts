/**
 * A board that QEMU emulates: one serial line, firmware from power-on. Where the real one has a bootloader, a drive stands in for it:
 * opening the line at 1200 baud switches the machine off and shows it, a UF2 file switches it on again.
 */
import type { QemuEmulator, Target, Uf2Volume } from '../../../targets/target.js';
import { environmentError } from '../../diagnostics.js';
import { bootProblems } from '../../firmware/boot_check.js';
import { touchBaudRate } from '../../flash/touch.js';
import { readUf2 } from '../../flash/uf2.js';
import type { Volume } from '../../flash/world.js';
import { virtualBinding } from '../binding.js';
import type { BoardRequest, VirtualBoard } from '../board.js';
import { flashImage } from '../image.js';
import { VirtualLine } from '../line.js';
import { virtualPort } from '../port.js';
import { type QemuProcess, startQemu } from './process.js';

/** A sound firmware speaks within a fraction of a second. */
const readyMs = 20_000;
const pollMs = 5;

export function qemuBoard(request: BoardRequest): VirtualBoard {
  const { target, firmware, options } = request;
  const emulator = firmware.virtual as QemuEmulator;
  const line = new VirtualLine(virtualPort(target));
  const faults: string[] = [];
  let spoken = false;
  let qemu: QemuProcess | undefined;

  const start = (flash: Uint8Array) => {
    spoken = false;
    const started = startQemu(emulator, flash, firmware.flash, {
      onData: (bytes) => {
        spoken = true; // it greets when it has started
        line.receive(bytes);
      },
      onEnd: (why) => {
        faults.push(`${emulator.program} ended: ${why}`);
        line.vanish();
      },
    });
    qemu = started;
    line.device = {
      send: (bytes) => started.send(bytes),
      get pending() {
        return started.pending;
      },
      configure: (settings) => {
        // A board that nobody talks to keeps no process alive.
        started.hold(settings !== undefined);
        if (firmware.flasher && settings?.baudRate === touchBaudRate) stop();
      },
    };
    const { usb } = firmware;
    line.appear(usb && { vendorId: hex4(usb.vendorId), productId: hex4(usb.productId) });
    started.hold(false);
  };
  const stop = () => {
    qemu?.close();
    qemu = undefined;
    line.vanish();
  };
  const boot = (flash: Uint8Array) => {
    const problems = bootProblems(flash, firmware);
    if (problems.length > 0) faults.push(`the board does not start this firmware: ${problems.join('; ')}`);
    else start(flash);
  };
  const write = (file: Uint8Array) => {
    readUf2(file); // a drive takes no other files
    boot(flashImage(file, firmware, target.name));
  };
  const volume = firmware.flasher && volumeOf(target, firmware.flasher, write);
  let closed = false;
  if (!options.bootloader) boot(request.flash);
  return {
    target,
    port: line.path,
    uartPort: firmware.usb ? `${line.path}:uart` : line.path,
    binding: virtualBinding([line]),
    get volume() {
      return closed || qemu ? undefined : volume;
    },
    ready: async () => {
      const end = performance.now() + readyMs;
      while (!spoken) {
        if (faults.length > 0 || !qemu || performance.now() > end) throw noStart(line.path, faults[0]);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
    cycles: undefined,
    cache: undefined,
    faults,
    close: () => {
      closed = true;
      stop();
    },
  };
}

const hex4 = (n: number) => n.toString(16).padStart(4, '0');

function volumeOf(target: Target, { volumes }: Uf2Volume, write: (file: Uint8Array) => void): Volume {
  const label = volumes[0]!;
  return {
    name: `${virtualPort(target)}:${label}`,
    info: () =>
      Promise.resolve(`UF2 Bootloader (virtual)\r\nModel: ${target.title}\r\nBoard-ID: ${label}\r\n`),
    write: async (bytes, onProgress) => {
      write(bytes);
      onProgress?.(bytes.length);
    },
  };
}

function noStart(port: string, fault: string | undefined) {
  return environmentError(
    'no-start',
    `the firmware on ${port} says nothing${fault ? `: ${fault}` : ''}`,
    'Give it firmware that `crimp build` wrote for this board, and see `crimp doctor`.',
  );
}
