/** Checksums, UF2 blocks, the search for a compiler, and what a toolchain's failures become. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { decodeBlock, isUF2Block } from 'uf2';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { readElf } from '../../src/firmware/elf.js';
import { bootromCrc } from '../../src/firmware/second_stage.js';
import { firmwareSizes } from '../../src/firmware/sizes.js';
import { expandFolders, findToolchain } from '../../src/firmware/toolchain.js';
import { encodeUf2 } from '../../src/firmware/uf2.js';
import { pico } from '../../targets/pico.js';
import { constantModel } from './constant_model.js';

const isCrimpError = (code: string, exitCode: number) => (e: unknown) =>
  e instanceof CrimpError && e.exitCode === exitCode && e.diagnostics.every((d) => d.code === code);

describe('images', () => {
  it("computes the bootrom's CRC", () => {
    // CRC-32/MPEG-2 in the catalogue of parametrized CRC algorithms: check value of "123456789".
    assert.equal(bootromCrc(Buffer.from('123456789')), 0x0376e6e7);
  });

  it('cuts an image into UF2 blocks of a page', () => {
    const image = Uint8Array.from({ length: 600 }, (_, i) => i);
    const file = encodeUf2(image, 0x10000000, { familyId: 0xe48bff56 });
    assert.equal(file.length, 3 * 512);
    for (let i = 0; i < 3; i++) {
      const bytes = file.subarray(i * 512, (i + 1) * 512);
      assert.ok(isUF2Block(bytes));
      const block = decodeBlock(bytes);
      assert.equal(block.flashAddress, 0x10000000 + i * 256);
      assert.equal(block.payload.length, 256);
      assert.equal(block.blockNumber, i);
      assert.equal(block.totalBlocks, 3);
      assert.equal(block.boardFamily, 0xe48bff56);
      const expected = new Uint8Array(256);
      expected.set(image.subarray(i * 256, (i + 1) * 256));
      assert.deepEqual(Uint8Array.from(block.payload), expected);
    }
  });

  it('refuses what is no ELF file', () => {
    assert.throws(() => readElf(new Uint8Array(10)), /not an ELF/);
    assert.throws(() => readElf(new Uint8Array(100)), /not an ELF/);
  });

  it('notices an ELF that is not as planned', () => {
    const elf = { entry: 0, sections: [], segments: [], symbols: [] };
    const check = () => firmwareSizes(elf, constantModel, pico.firmware!);
    assert.throws(check, (e) => {
      assert.ok(isCrimpError('size-mismatch', Exit.environment)(e));
      assert.equal((e as CrimpError).diagnostics.length, 2);
      return true;
    });
  });
});

describe('search for a compiler', () => {
  it('expands folders, newest first', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    for (const name of ['gcc-9', 'gcc-12']) mkdirSync(path.join(root, name, 'bin'), { recursive: true });
    const found = expandFolders(`${root.replaceAll('\\', '/')}/*/bin`);
    assert.deepEqual(found, [path.join(root, 'gcc-9', 'bin'), path.join(root, 'gcc-12', 'bin')]);
    assert.deepEqual(expandFolders(`${root}/nowhere/*/bin`), []);
    rmSync(root, { recursive: true });
  });

  it('says how to install what is missing, for the platform at hand', async () => {
    const toolchain = { ...pico.toolchain, prefix: 'no-such-machine-' };
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      await assert.rejects(findToolchain(toolchain, platform), (e) => {
        assert.ok(isCrimpError('no-compiler', Exit.environment)(e));
        assert.ok((e as CrimpError).message.includes(toolchain.install[platform]));
        return true;
      });
    }
  });

  it('refuses an old one', { skip: process.platform === 'win32' && 'needs a shell script' }, async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    const gcc = path.join(root, 'old-gcc');
    writeFileSync(gcc, '#!/bin/sh\necho 4.8.2\n');
    chmodSync(gcc, 0o755);
    const toolchain = { ...pico.toolchain, prefix: `${root}/old-` };
    await assert.rejects(findToolchain(toolchain), isCrimpError('old-compiler', Exit.environment));
    rmSync(root, { recursive: true });
  });
});
