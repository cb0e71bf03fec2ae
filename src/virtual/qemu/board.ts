/** A board that QEMU emulates: one serial line, firmware from power-on, no bootloader. */
import type { QemuEmulator } from '../../../targets/target.js';
import { environmentError } from '../../diagnostics.js';
import { virtualBinding } from '../binding.js';
import type { BoardRequest, VirtualBoard } from '../board.js';
import { VirtualLine } from '../line.js';
import { virtualPort } from '../port.js';
import { startQemu } from './process.js';

/** A sound firmware speaks within a fraction of a second. */
const readyMs = 20_000;
const pollMs = 5;

export function qemuBoard({ target, firmware, flash }: BoardRequest): VirtualBoard {
  const emulator = firmware.virtual as QemuEmulator;
  const line = new VirtualLine(virtualPort(target));
  const faults: string[] = [];
  let spoken = false;
  const qemu = startQemu(emulator, flash, firmware.flash, {
    onData: (bytes) => {
      spoken = true; // it greets when it has started
      line.receive(bytes);
    },
    onEnd: (why) => {
      faults.push(`${emulator.program} ended: ${why}`);
      line.vanish();
    },
  });
  line.device = {
    send: (bytes) => qemu.send(bytes),
    get pending() {
      return qemu.pending;
    },
    // A board that nobody talks to keeps no process alive.
    configure: (settings) => qemu.hold(settings !== undefined),
  };
  line.appear();
  qemu.hold(false);
  return {
    target,
    port: line.path,
    uartPort: line.path,
    binding: virtualBinding([line]),
    volume: undefined,
    ready: async () => {
      const end = performance.now() + readyMs;
      while (!spoken) {
        if (faults.length > 0 || performance.now() > end) throw noStart(line.path, faults[0]);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
    cycles: undefined,
    cache: undefined,
    faults,
    close: () => {
      qemu.close();
      line.vanish();
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
