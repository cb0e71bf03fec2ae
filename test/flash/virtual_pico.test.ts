/** The same states with the virtual Pico and the real firmware: touch, drive, write, return, check. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { flash } from '../../src/flash/flash.js';
import { confirmFirmware } from '../../src/link/confirm.js';
import { openDevice } from '../../src/link/device.js';
import { type VirtualBoard, type VirtualOptions, virtualBoard } from '../../src/virtual/index.js';
import { virtualWorld } from '../../src/virtual/world.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { echoFirmware, type Images } from '../support/echo_model.js';

const oldHash = '000000000000001d';
const newHash = '00000000000002e5';

describe('flashing the virtual Pico', { skip: withoutArm, timeout: 60_000 }, () => {
  let old: Images;
  let fresh: Images;
  before(async () => {
    [old, fresh] = [await echoFirmware(oldHash), await echoFirmware(newHash)];
  });

  const withBoard = async (options: VirtualOptions, use: (board: VirtualBoard) => Promise<void>) => {
    const board = virtualBoard(pico, old.uf2, options);
    try {
      await use(board);
      assert.deepEqual(board.faults, []);
    } finally {
      board.close();
    }
  };
  const checkOf = (board: VirtualBoard, hash: string) =>
    confirmFirmware({ binding: board.binding, target: pico, hash });

  it('replaces one model by another after a 1200-baud touch', () =>
    withBoard({}, async (board) => {
      await board.ready();
      const world = virtualWorld(board);
      await flash(fresh.uf2, board.port, pico, { world, check: checkOf(board, newHash) });
      const device = await openDevice(board.port, { binding: board.binding });
      assert.equal(device.identity.hash, newHash);
      await device.close();
    }));

  it('flashes a board that starts in its bootloader', () =>
    withBoard({ bootloader: true }, async (board) => {
      const world = virtualWorld(board);
      const done = await flash(fresh.uf2, undefined, pico, { world, check: checkOf(board, newHash) });
      assert.equal(done.port, board.port);
    }));

  it('restarts into the bootloader by command, too', () =>
    withBoard({}, async (board) => {
      await board.ready();
      const device = await openDevice(board.uartPort, { binding: board.binding });
      await device.bootloader();
      while (board.volume === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      await device.close();
    }));

  it('notices firmware of another model', () =>
    withBoard({}, async (board) => {
      await board.ready();
      const world = virtualWorld(board);
      const flashing = flash(fresh.uf2, board.port, pico, { world, check: checkOf(board, oldHash) });
      await assert.rejects(flashing, /wrong-model.*000000000000001d/s);
    }));

  it('ends an open conversation when the board restarts', () =>
    withBoard({}, async (board) => {
      await board.ready();
      const device = await openDevice(board.port, { binding: board.binding });
      await device.bootloader();
      while (board.volume === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      await assert.rejects(device.run(), /device-gone/);
      await device.close();
    }));
});
