/** The real firmware on the virtual Pico, over serialport's own stream. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { readUf2 } from '../../src/flash/uf2.js';
import { confirmFirmware } from '../../src/link/confirm.js';
import { openDevice } from '../../src/link/device.js';
import { flashImage } from '../../src/virtual/image.js';
import { type VirtualBoard, type VirtualOptions, virtualBoard } from '../../src/virtual/index.js';
import { VirtualLine } from '../../src/virtual/line.js';
import { Rp2040Machine } from '../../src/virtual/rp2040/machine.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import {
  crashByte,
  echoBytes,
  echoFirmware,
  echoTensors,
  type Images,
  plusOne,
  timesThree,
} from '../support/echo_model.js';

const input = Uint8Array.from({ length: echoBytes }, (_, i) => i * 5);

/** A machine that nothing runs but the test. */
function idleMachine(image: Uint8Array): Rp2040Machine {
  const firmware = pico.firmware!;
  const [usb, uart] = [new VirtualLine('usb'), new VirtualLine('uart')];
  return new Rp2040Machine({ firmware, flash: flashImage(image, firmware, pico.name), usb, uart });
}

describe('pico firmware on the virtual board', { skip: withoutArm, timeout: 60_000 }, () => {
  let images: Images;
  before(async () => {
    images = await echoFirmware();
  });

  const powered = async <T>(
    use: (board: VirtualBoard) => Promise<T>,
    image = images.uf2,
    options?: VirtualOptions,
    expectedFaults = 0,
  ) => {
    const board = virtualBoard(pico, image, options);
    try {
      await board.ready();
      const result = await use(board);
      assert.deepEqual(board.faults.slice(expectedFaults), []);
      return result;
    } finally {
      board.close();
    }
  };

  /** A whole conversation; @returns every cycle count in it. */
  const converse = async (board: VirtualBoard, port: string) => {
    const device = await openDevice(port, { binding: board.binding, target: pico, hash: '00000000000ec001' });
    const cycles: number[] = [];
    for (let i = 0; i < 3; i++) {
      const sample = input.map((x) => x + i);
      await device.load(sample);
      cycles.push((await device.run()).cycles);
      assert.deepEqual(await device.output(), timesThree(sample));
    }
    cycles.push(...(await device.layers()));
    assert.deepEqual(await device.tensor(echoTensors.plusOne), plusOne(input.map((x) => x + 2)));
    assert.deepEqual(await device.tensor(echoTensors.timesThree), timesThree(input.map((x) => x + 2)));
    const { used, total } = await device.stack();
    assert.ok(used > 0 && used < total);
    assert.equal(total, pico.firmware!.stackBytes);
    assert.equal(await device.name(), 'crimp');
    assert.equal((await device.profile()).model, 'echo');
    const { results, microseconds } = await device.infer(2, 1);
    assert.equal(results.length, echoBytes);
    assert.ok(microseconds > 0);
    await device.close();
    return cycles;
  };

  it('enumerates as the target says', () =>
    powered(async (board) => {
      const [usb, uart] = await board.binding.list();
      assert.equal(usb!.path, 'virtual:pico');
      assert.equal(usb!.vendorId, '2e8a');
      assert.equal(usb!.productId, '000a');
      assert.equal(usb!.manufacturer, 'crimp');
      assert.equal(uart!.path, 'virtual:pico:uart');
    }));

  it('holds the same conversation over USB and UART, with the same cycles, from ELF, UF2 and binary', async () => {
    const overUsb = await powered((board) => converse(board, board.port));
    assert.equal(new Set(overUsb.slice(0, 3)).size, 1);
    assert.deepEqual(await powered((board) => converse(board, board.uartPort), images.elf), overUsb);
    assert.deepEqual(await powered((board) => converse(board, board.port), images.bin), overUsb);
  });

  it('runs several boards at once, each on its own', async () => {
    const all = await Promise.all([1, 2, 3].map(() => powered((board) => converse(board, board.port))));
    assert.deepEqual(all[1], all[0]);
    assert.deepEqual(all[2], all[0]);
  });

  it('can be opened again and again', () =>
    powered(async (board) => {
      const first = await converse(board, board.port);
      assert.deepEqual(await converse(board, board.port), first);
    }));

  it('charges flash-cache misses on request, the same ones every time', async () => {
    const free = await powered((board) => converse(board, board.port));
    const charged = () => powered((board) => converse(board, board.port), images.uf2, { xip: true });
    const [first, again] = [await charged(), await charged()];
    assert.deepEqual(again, first);
    const missCycles = pico.firmware!.xipCache!.missCycles;
    const extra = first[0]! - free[0]!;
    assert.ok(extra > 0 && extra % missCycles === 0, `${extra} more cycles on a cold cache`);
    assert.equal(first[2], free[2], 'a loop that fits is free once it is in the cache');
    const cheaper = await powered((board) => converse(board, board.port), images.uf2, {
      xip: missCycles / 2,
    });
    assert.equal(cheaper[0]! - free[0]!, extra / 2);
  });

  it('lives through minutes of idleness, its watchdog fed', () => {
    const machine = idleMachine(images.bin);
    let restarts = 0;
    machine.lines[0]!.onGone = () => restarts++;
    const idle = (nanos: number) => {
      for (let slept = 0; slept < nanos; ) {
        const next = machine.run(10_000);
        machine.sleep(next);
        slept += next;
        assert.ok(next < 60e9, 'wakes to feed the watchdog');
      }
    };
    idle(100e9);
    assert.equal(restarts, 0);
    machine.program(readUf2(images.uf2));
    assert.equal(restarts, 1);
    idle(100e9);
    assert.equal(restarts, 1, 'the watchdog of before the reset is gone');
    assert.deepEqual(machine.faults, []);
    assert.ok(machine.lines[0]!.present);
    assert.ok(machine.cycles < 20e6);
  });

  it('reports a crash of the firmware as such, and finds it alive again', () =>
    powered(
      async (board) => {
        const device = await openDevice(board.uartPort, { binding: board.binding });
        await device.load(input.map((x, i) => (i === 0 ? crashByte : x)));
        await assert.rejects(device.run(), /device-fault.*pc=1000/s);
        await device.close();
        assert.match(board.faults[0]!, /undefined instruction/);
        await confirmFirmware({ binding: board.binding })(board.port);
        await converse(board, board.port);
      },
      images.uf2,
      {},
      1,
    ));

  it('sleeps between commands', () =>
    powered(async (board) => {
      await converse(board, board.port);
      const before = board.cycles!;
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(board.cycles! - before < 100_000, `${board.cycles! - before} cycles`);
    }));
});
