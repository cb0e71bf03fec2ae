/** Builds: what is written, what it weighs, that it is the same each time, and that failures leave nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Sources } from '../../codegen/sources.js';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { boardSizes, buildFirmware, type FirmwareBuild } from '../../src/firmware/build.js';
import { flatImage, readElf } from '../../src/firmware/elf.js';
import { bootromCrc } from '../../src/firmware/second_stage.js';
import { readUf2 } from '../../src/flash/uf2.js';
import { pico } from '../../targets/pico.js';
import type { Target } from '../../targets/target.js';
import { withoutArm } from './arm.js';
import { constantModel } from './constant_model.js';

const withModel = (change: Partial<Sources>) => ({ sources: { ...constantModel, ...change } });
const withSource = (text: string) =>
  withModel({ files: new Map([...constantModel.files, ['constant.c', text]]) });
const withFirmware = (change: Partial<NonNullable<Target['firmware']>>): Target => ({
  ...pico,
  firmware: { ...pico.firmware!, ...change },
});

describe('build for the pico', { skip: withoutArm }, () => {
  const root = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
  const directory = path.join(root, 'build');
  const read = (name: string) => readFileSync(path.join(directory, name));
  let build: FirmwareBuild;
  before(async () => {
    const model = { file: 'constant.tflite', bytes: Uint8Array.of(1, 2, 3) };
    build = await buildFirmware({ sources: constantModel }, pico, { directory, model });
  });
  after(() => rmSync(root, { recursive: true }));

  it('writes firmware, report, model and sources, and nothing else', () => {
    const names = [
      'constant.tflite',
      'firmware.bin',
      'firmware.elf',
      'firmware.uf2',
      'report.json',
      'sources',
    ];
    assert.deepEqual(readdirSync(directory).sort(), names);
    assert.deepEqual([...build.files].sort(), names);
    assert.deepEqual(readdirSync(path.join(directory, 'sources')).sort(), [
      'common',
      'generated',
      'model',
      'pico',
      'rp2',
    ]);
    assert.deepEqual(JSON.parse(read('report.json').toString()), build);
    assert.deepEqual(build.model, {
      name: 'constant',
      file: 'constant.tflite',
      hash: constantModel.hash,
      packWeights: false,
    });
    assert.deepEqual(readdirSync(root), ['build'], 'no temporary folder is left');
  });

  it('stays under 9.8 KB without a model', () => {
    const { boot, runtime } = boardSizes(build)!.flash.parts;
    assert.ok(boot + runtime < 9.8 * 1024, `${boot + runtime} bytes`);
  });

  it('weighs what binutils says', () => {
    const size = `${pico.toolchain.prefix}size`;
    const table = execFileSync(size, ['-A', '-d', path.join(directory, 'firmware.elf')]).toString();
    const section = (name: string) => Number(new RegExp(`^\\${name}\\s+(\\d+)`, 'm').exec(table)?.[1]);
    const names = ['.boot2', '.vectors', '.model', '.text', '.rodata', '.data'];
    const { flash, ram } = boardSizes(build)!;
    assert.equal(
      flash.total,
      names.reduce((n, name) => n + section(name), 0),
    );
    assert.equal(flash.code + flash.weights, flash.total);
    assert.equal(flash.weights, constantModel.weightsBytes);
    const { boot, runtime, model } = flash.parts;
    assert.equal(boot + runtime + model, flash.code);
    assert.equal(ram.arena, constantModel.arenaBytes);
    assert.equal(ram.arena + ram.static, section('.data') + section('.bss'));
    assert.equal(ram.total, ram.arena + ram.static + ram.stack);
  });

  it('reads symbols as nm does', () => {
    const nm = execFileSync(`${pico.toolchain.prefix}nm`, [
      '-S',
      path.join(directory, 'firmware.elf'),
    ]).toString();
    const elf = readElf(read('firmware.elf'));
    let sized = 0;
    for (const line of nm.trim().split('\n')) {
      const [, address, bytes, name] = /^(\w{8}) (\w{8}) \w (\S+)$/.exec(line) ?? [];
      if (bytes === undefined) continue;
      sized++;
      const found = elf.symbols.some(
        (s) =>
          s.name === name &&
          s.bytes === Number.parseInt(bytes, 16) &&
          (s.address & ~1) === (Number.parseInt(address!, 16) & ~1),
      );
      assert.ok(found, name);
    }
    assert.ok(sized > 50);
  });

  it('makes ELF, UF2 and binary of one content, with the CRC that the bootrom asks for', () => {
    const image = Uint8Array.from(read('firmware.bin'));
    assert.equal(image.length, boardSizes(build)!.flash.total);
    assert.deepEqual(flatImage(readElf(read('firmware.elf')), 0x10000000), image);
    const { chunks, familyIds } = readUf2(Uint8Array.from(read('firmware.uf2')));
    assert.deepEqual(familyIds, [pico.firmware!.flasher!.familyId]);
    for (const { address, bytes } of chunks) {
      const expected = new Uint8Array(256);
      expected.set(image.subarray(address - 0x10000000, address - 0x10000000 + 256));
      assert.deepEqual(Uint8Array.from(bytes), expected);
    }
    const crc = new DataView(image.buffer).getUint32(252, true);
    assert.equal(crc, bootromCrc(image.subarray(0, 252)));
    const vectors = new DataView(image.buffer, 256);
    assert.equal(vectors.getUint32(0, true), 0x20000000 + pico.firmware!.stackBytes);
    assert.equal(vectors.getUint32(4, true), readElf(read('firmware.elf')).entry);
  });

  it('gives the same bytes again, anywhere', async () => {
    const other = path.join(root, 'elsewhere', 'deeper');
    await buildFirmware({ sources: constantModel }, pico, { directory: other, keepSources: false });
    for (const name of ['firmware.elf', 'firmware.uf2', 'firmware.bin']) {
      assert.deepEqual(readFileSync(path.join(other, name)), read(name), name);
    }
    assert.ok(!existsSync(path.join(other, 'sources')));
  });

  const refused = async (
    compiled: { sources: Sources },
    target: Target,
    code: string,
    exitCode: number,
    message: RegExp,
  ) => {
    const folder = path.join(root, 'refused', 'build');
    await assert.rejects(buildFirmware(compiled, target, { directory: folder }), (e) => {
      assert.ok(e instanceof CrimpError, String(e));
      assert.equal(e.diagnostics[0]!.code, code);
      assert.equal(e.exitCode, exitCode);
      assert.match(e.message, message);
      return true;
    });
    assert.ok(!existsSync(folder), 'nothing is written');
    const parent = path.dirname(folder);
    assert.deepEqual(existsSync(parent) ? readdirSync(parent) : [], [], 'no temporary folder is left');
  };

  it('refuses a model too large before anything is compiled', async () => {
    const huge = withModel({ arenaBytes: 300_000, weightsBytes: 3_000_000 });
    const nowhere = { ...pico, toolchain: { ...pico.toolchain, prefix: 'no-such-machine-' } };
    await refused(huge, nowhere, 'model-too-large', Exit.badInput, /RAM[\s\S]*flash/);
  });

  it('says by how much the linked firmware is too large', async () => {
    const small = withFirmware({
      flash: { origin: 0x10000000, bytes: 4096 },
      ram: { origin: 0x20000000, bytes: 5000 },
    });
    const message = /needs \d+ bytes more flash than the 4096[\s\S]*needs \d+ bytes more ram than the 5000/;
    await refused({ sources: constantModel }, small, 'model-too-large', Exit.badInput, message);
  });

  it('shows what the compiler and the linker say', async () => {
    const source = '#include "constant.h"\nint wrong(void) { return nonsense; }\n';
    await refused(withSource(source), pico, 'compile-failed', Exit.environment, /nonsense/);
    const incomplete = '#include "constant.h"\nuint8_t constant_arena[16];\n';
    await refused(withSource(incomplete), pico, 'link-failed', Exit.environment, /constant_layers/);
  });

  it('says so when the ELF is not as planned', async () => {
    const constants = [{ symbol: 'constant_answer', bytes: 4 }];
    const planned = withModel({ constants, weightsBytes: 4, arenaBytes: 20 });
    await refused(planned, pico, 'size-mismatch', Exit.environment, /arena[\s\S]*weights/);
  });
});
