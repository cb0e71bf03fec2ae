/** The virtual chip itself, with programs of a few instructions. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { type VirtualBoard, virtualBoard } from '../../src/virtual/index.js';
import { pico } from '../../targets/pico.js';
import { resetToUsbBoot, rewritesFlash, tinyImage, watchdogReset } from '../support/tiny_images.js';

/** Powers a board and gathers what it says on its UART. */
async function powered(
  image: Uint8Array,
  use: (board: VirtualBoard, said: () => Promise<string>) => Promise<void>,
) {
  const board = virtualBoard(pico, image);
  const port = await board.binding.open({ path: board.uartPort, baudRate: 115200 });
  const said = async () => {
    const { buffer, bytesRead } = await port.read(Buffer.alloc(100), 0, 100);
    return buffer.toString('latin1', 0, bytesRead);
  };
  try {
    await use(board, said);
  } finally {
    await port.close();
    board.close();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('virtual RP2040', { timeout: 20_000 }, () => {
  it('restarts after a watchdog reset, with reason and scratch registers kept', () =>
    powered(tinyImage(watchdogReset), async (board, said) => {
      let text = '';
      while (text.length < 3) text += await said();
      assert.equal(text, 'F27');
      assert.deepEqual(board.faults, []);
    }));

  it('lets firmware erase and program flash, and knows no function that is not there', () =>
    powered(tinyImage(rewritesFlash), async (board, said) => {
      let text = '';
      while (text.length < 2) text += await said();
      assert.equal(text, '00');
      assert.deepEqual(board.faults, []);
    }));

  it('shows the bootloader drive after reset_to_usb_boot', async () => {
    const board = virtualBoard(pico, tinyImage(resetToUsbBoot));
    assert.equal(board.volume, undefined);
    await until(() => board.volume !== undefined);
    assert.match(await board.volume!.info(), /Board-ID: RPI-RP2/);
    await assert.rejects(board.ready(), { name: 'CrimpError', message: /no-usb.*bootloader/s });
    board.close();
    assert.equal(board.volume, undefined);
  });

  it('goes to the bootloader when boot2 has a wrong checksum, as the ROM does', async () => {
    const image = tinyImage(watchdogReset);
    image[0]! ^= 1;
    const board = virtualBoard(pico, image);
    assert.notEqual(board.volume, undefined);
    const ports = await board.binding.list();
    assert.deepEqual(
      ports.map((port) => port.path),
      [board.uartPort],
      'no USB port; the adapter on the UART is still there',
    );
    board.close();
  });

  it('sleeps while firmware sleeps', () =>
    powered(tinyImage(watchdogReset), async (board, said) => {
      let text = '';
      while (text.length < 3) text += await said();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const before = board.cycles;
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(board.cycles, before);
    }));

  it('refuses what is no firmware for the board', () => {
    const code = (image: Uint8Array) => {
      try {
        virtualBoard(pico, image).close();
      } catch (cause) {
        assert.ok(cause instanceof CrimpError);
        return [cause.diagnostics[0]!.code, cause.exitCode];
      }
      return 'accepted';
    };
    assert.deepEqual(code(new Uint8Array(0)), ['bad-image', 2]);
    assert.deepEqual(code(new Uint8Array(3 * 1024 * 1024)), ['bad-image', 2]);
    assert.deepEqual(code(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0)), ['bad-image', 2]);
    assert.deepEqual(code(Uint8Array.of(0x55, 0x46, 0x32, 0x0a)), ['bad-uf2', 2]);
  });
});
