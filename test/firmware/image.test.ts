/** Checksums, UF2 blocks, the search for a compiler, and what a toolchain's failures become. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { decodeBlock, isUF2Block } from 'uf2';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { bootProblems } from '../../src/firmware/boot_check.js';
import { readElf } from '../../src/firmware/elf.js';
import { bootromCrc } from '../../src/firmware/second_stage.js';
import { firmwareSizes } from '../../src/firmware/sizes.js';
import { expandFolders, findToolchain } from '../../src/firmware/toolchain.js';
import { encodeUf2 } from '../../src/firmware/uf2.js';
import { readUf2 } from '../../src/flash/uf2.js';
import { pico } from '../../targets/pico.js';
import { pico2 } from '../../targets/pico2.js';
import { constantModel } from './constant_model.js';

const isCrimpError = (code: string, exitCode: number) => (e: unknown) =>
  e instanceof CrimpError && e.exitCode === exitCode && e.diagnostics.every((d) => d.code === code);

/** A vector table, and behind it the blocks. */
function rp2350Image(...blocks: readonly number[][]): DataView {
  const image = new DataView(new ArrayBuffer(1024));
  image.setUint32(0, 0x20001000, true);
  image.setUint32(4, 0x10000101, true);
  for (const [b, words] of blocks.entries()) {
    for (const [i, word] of words.entries()) image.setUint32(256 + 64 * b + 4 * i, word, true);
  }
  return image;
}

const problemsOf = (image: DataView) => bootProblems(new Uint8Array(image.buffer), pico2.firmware!);

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

  it('knows what the RP2350 starts', () => {
    const image = rp2350Image([0xffffded3, 0x10210142, 0x000001ff, 0, 0xab123579]);
    assert.deepEqual(problemsOf(image), []);
    // Two blocks, of which the second leads back to the first.
    const [here, there] = [
      [0xffffded3, 0x10210142, 0x000001ff, 64],
      [0xffffded3, 0x000001fe, 0x000001ff, -64],
    ];
    const two = rp2350Image([...here, 0xab123579], [...there, 0xab123579]);
    assert.deepEqual(problemsOf(two), []);
    assert.match(problemsOf(rp2350Image([...here, 0xab123579]))[0]!, /links to 320, where no block is/);
    assert.match(problemsOf(rp2350Image([...there.slice(0, 3), 0, 0xab123579]))[0]!, /what the image is/);
    assert.match(problemsOf(rp2350Image([...here]))[0]!, /no block in the first 4096/);
    const riscv = rp2350Image([0xffffded3, 0x11010142, 0x000001ff, 0, 0xab123579]);
    assert.match(problemsOf(riscv)[0]!, /type 0x1101, where 0x1021/);
    image.setUint32(0, 0x20082000, true);
    image.setUint32(4, 0x10000100, true);
    assert.match(
      problemsOf(image).join(),
      /stack would begin at 0x20082000,.*handler would be at 0x10000100/,
    );
    const late = new DataView(new ArrayBuffer(8192));
    late.setUint32(4096, 0xffffded3, true);
    assert.match(problemsOf(late)[0]!, /no block/);
  });

  it('leads a UF2 file for the RP2350 with a block that is ignored', () => {
    const { flasher, flash } = pico2.firmware!;
    const file = encodeUf2(new Uint8Array(300), flash.origin, flasher!);
    assert.equal(file.length, 3 * 512);
    const lead = decodeBlock(file.subarray(0, 512));
    assert.deepEqual(
      [lead.boardFamily, lead.flashAddress, lead.blockNumber, lead.totalBlocks],
      [0xe48bff57, 0x10ffff00, 0, 2],
    );
    const read = readUf2(file);
    assert.deepEqual(read.familyIds, [0xe48bff59]);
    assert.equal(read.chunks.length, 2);
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
