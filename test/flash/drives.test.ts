/** Bootloader drives on this computer's file system. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { driveIn, hasLabel, mountsOf } from '../../src/flash/drives.js';

describe('bootloader drives', () => {
  it('are found in /proc/mounts, with spaces in names', () => {
    const text = [
      'proc /proc proc rw 0 0',
      '/dev/sda1 /media/me/RPI-RP2 vfat rw,nosuid 0 0',
      '/dev/sdb1 /run/media/me/my\\040disk vfat rw 0 0',
      '',
    ].join('\n');
    assert.deepEqual(mountsOf(text), ['/proc', '/media/me/RPI-RP2', '/run/media/me/my disk']);
  });

  it('keep their label when an automounter numbers them', () => {
    const found = [
      'RPI-RP2',
      'RPI-RP21',
      'RPI-RP2 1',
      'RPI-RP2_2',
      'RPI-RP2350',
      'RPI',
      'MY-RPI-RP2',
      'RPI-RP2X',
    ];
    assert.deepEqual(
      found.filter((name) => hasLabel(`/media/me/${name}`, ['RPI-RP2'])),
      ['RPI-RP2', 'RPI-RP21', 'RPI-RP2 1', 'RPI-RP2_2'],
    );
  });

  it('show by their INFO_UF2.TXT and are written through', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    try {
      assert.deepEqual(driveIn(folder), []);
      writeFileSync(path.join(folder, 'INFO_UF2.TXT'), 'UF2 Bootloader v3.0\r\nBoard-ID: RPI-RP2\r\n');
      const [drive] = driveIn(folder);
      assert.match(await drive!.info(), /Board-ID/);
      const uf2 = Uint8Array.from({ length: 40_000 }, (_, i) => i);
      const steps: number[] = [];
      await drive!.write(uf2, (bytes) => steps.push(bytes));
      assert.deepEqual(Uint8Array.from(readFileSync(path.join(folder, 'firmware.uf2'))), uf2);
      assert.equal(steps.at(-1), uf2.length);
      assert.ok(steps.length > 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('say so when they cannot be written', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    writeFileSync(path.join(folder, 'INFO_UF2.TXT'), '');
    const [drive] = driveIn(folder);
    rmSync(folder, { recursive: true });
    await assert.rejects(drive!.write(new Uint8Array(10)), /ENOENT/);
  });
});
