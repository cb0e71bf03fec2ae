/** Flashing's states, in a world of the test's own: every way they can end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { bootromCrc } from '../../src/firmware/second_stage.js';
import { encodeUf2 } from '../../src/firmware/uf2.js';
import { type FlashOptions, type FlashProgress, flash } from '../../src/flash/flash.js';
import type { FlashWorld, Volume } from '../../src/flash/world.js';
import type { Port } from '../../src/serial/ports.js';
import { host } from '../../targets/host.js';
import { pico } from '../../targets/pico.js';

/** What an RP2040 starts: a second stage with its checksum, and something behind it. */
const image = new Uint8Array(1000);
new DataView(image.buffer).setUint32(252, bootromCrc(image.subarray(0, 252)), true);
const uf2 = encodeUf2(image, 0x10000000, { familyId: 0xe48bff56 });
const timeouts = { drive: 120, port: 120 };

/** A desk with boards on it. What a touch and a write lead to is the test's. */
class Desk implements FlashWorld {
  driveChosen = false;
  there: Port[] = [];
  drives: Volume[] = [];
  written: Uint8Array[] = [];
  onTouch: (port: string) => void = () => {};
  onWritten: () => void = () => {};

  ports = async () => [...this.there];
  present = async (port: string) => this.there.some((p) => p.path === port);
  volumes = async () => this.drives;
  touch = async (port: string) => this.onTouch(port);

  drive(name: string): Volume {
    return {
      name,
      info: async () => '',
      write: async (bytes, onProgress) => {
        this.written.push(bytes);
        onProgress?.(bytes.length);
        this.drives = [];
        this.onWritten();
      },
    };
  }
}

const board = (name: string): Port => ({ path: name, vendorId: '2E8A', productId: '000a' });

/** One board that does all it should, and comes back as `returned`. */
function goodDesk(returned = '/dev/ttyACM0'): Desk {
  const desk = new Desk();
  desk.there = [board('/dev/ttyACM0'), { path: '/dev/ttyS0' }];
  desk.onTouch = (port) => {
    desk.there = desk.there.filter((p) => p.path !== port);
    setTimeout(() => {
      desk.drives = [desk.drive('/media/RPI-RP2')];
    }, 20);
  };
  desk.onWritten = () => {
    setTimeout(() => desk.there.push(board(returned)), 20);
  };
  return desk;
}

async function failure(
  port: string | undefined,
  world: FlashWorld,
  more: Partial<FlashOptions> = {},
  source: string | Uint8Array = uf2,
) {
  try {
    await flash(source, port, pico, { world, timeouts, ...more });
  } catch (cause) {
    assert.ok(cause instanceof CrimpError, String(cause));
    assert.notEqual(cause.diagnostics[0]!.hint, '');
    return [cause.diagnostics[0]!.code, cause.exitCode];
  }
  return 'flashed';
}

describe('flash', () => {
  it('goes through its states in order', async () => {
    const desk = goodDesk();
    const seen: FlashProgress[] = [];
    const checked: string[] = [];
    const check = async (port: string) => void checked.push(port);
    const done = await flash(uf2, '/dev/ttyACM0', pico, {
      world: desk,
      timeouts,
      check,
      onProgress: (p) => seen.push(p),
    });
    assert.deepEqual(done, { port: '/dev/ttyACM0', bytes: uf2.length });
    const states = seen.map((p) => p.state).filter((state, i, all) => state !== all[i - 1]);
    assert.deepEqual(states, ['find-board', 'restart', 'wait-for-drive', 'write', 'wait-for-port', 'check']);
    assert.equal(seen.filter((p) => p.state === 'write').at(-1)!.percent, 100);
    assert.deepEqual(desk.written, [uf2]);
    assert.deepEqual(checked, ['/dev/ttyACM0']);
  });

  it('finds the only board by itself, and follows it to another port', async () => {
    const done = await flash(uf2, undefined, pico, { world: goodDesk('/dev/ttyACM1'), timeouts });
    assert.equal(done.port, '/dev/ttyACM1');
  });

  it('takes a board that waits in its bootloader, whatever the port', async () => {
    for (const port of [undefined, '/dev/ttyACM0']) {
      const desk = goodDesk();
      desk.there = [];
      desk.drives = [desk.drive('/media/RPI-RP2')];
      assert.equal((await flash(uf2, port, pico, { world: desk, timeouts })).port, '/dev/ttyACM0');
    }
  });

  it('writes to the drive that was chosen without touching a port', async () => {
    const desk = goodDesk('/dev/ttyACM1');
    desk.driveChosen = true;
    desk.drives = [desk.drive('/mnt/pico')];
    desk.onTouch = () => assert.fail('touched');
    assert.equal((await flash(uf2, undefined, pico, { world: desk, timeouts })).port, '/dev/ttyACM1');
  });

  it('says what is missing in every state', async () => {
    assert.deepEqual(await failure(undefined, new Desk()), ['no-board', 3]);
    assert.deepEqual(await failure('/dev/ttyACM7', new Desk()), ['port-absent', 3]);

    const crowd = goodDesk();
    crowd.there.push(board('/dev/ttyACM1'));
    assert.deepEqual(await failure(undefined, crowd), ['many-boards', 3]);

    const drives = new Desk();
    drives.drives = [drives.drive('/media/RPI-RP2'), drives.drive('/media/RPI-RP21')];
    assert.deepEqual(await failure(undefined, drives), ['many-drives', 3]);

    const deaf = goodDesk();
    deaf.onTouch = () => {};
    assert.deepEqual(await failure('/dev/ttyACM0', deaf), ['no-drive', 3]);

    const lost = goodDesk();
    lost.onWritten = () => {};
    assert.deepEqual(await failure('/dev/ttyACM0', lost), ['no-return', 3]);

    const full = goodDesk();
    const broken = (): Volume => ({
      name: 'drive',
      info: async () => '',
      write: async () => Promise.reject(new Error('ENOSPC')),
    });
    full.onTouch = () => {
      full.drives = [broken()];
    };
    assert.deepEqual(await failure('/dev/ttyACM0', full), ['drive-write', 3]);
  });

  it('passes on what the check finds', async () => {
    const check = async () => {
      throw new CrimpError([{ code: 'wrong-model', severity: 'error', message: 'another', hint: 'look' }], 3);
    };
    assert.deepEqual(await failure('/dev/ttyACM0', goodDesk(), { check }), ['wrong-model', 3]);
  });

  it('touches nothing when the file is wrong', async () => {
    const desk = goodDesk();
    desk.onTouch = () => assert.fail('touched');
    const other = encodeUf2(new Uint8Array(10), 0x10000000, { familyId: 0xe48bff59 });
    assert.deepEqual(await failure(undefined, desk, {}, other), ['wrong-family', 2]);
    assert.deepEqual(await failure(undefined, desk, {}, uf2.subarray(0, 700)), ['bad-uf2', 2]);
    const unsealed = encodeUf2(new Uint8Array(1000), 0x10000000, { familyId: 0xe48bff56 });
    assert.deepEqual(await failure(undefined, desk, {}, unsealed), ['bad-image', 2]);
    assert.deepEqual(await failure(undefined, desk, {}, '/nowhere/at/all'), ['no-firmware', 2]);
    await assert.rejects(flash(uf2, undefined, host, { world: desk }), /no-flasher/);
  });

  it('takes a build folder or a file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    try {
      writeFileSync(path.join(folder, 'firmware.uf2'), uf2);
      for (const source of [folder, path.join(folder, 'firmware.uf2')]) {
        const desk = goodDesk();
        await flash(source, undefined, pico, { world: desk, timeouts });
        assert.deepEqual(
          desk.written.map((bytes) => Uint8Array.from(bytes)),
          [uf2],
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
