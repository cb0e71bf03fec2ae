/** Reading UF2 files, sound and broken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { encodeUf2 } from '../../src/firmware/uf2.js';
import { isUf2, readUf2, requireFamily } from '../../src/flash/uf2.js';

const family = 0xe48bff56;
const content = Uint8Array.from({ length: 700 }, (_, i) => i);
const sound = encodeUf2(content, 0x10000000, { familyId: family });

function codeOf(run: () => void): string {
  try {
    run();
  } catch (cause) {
    assert.ok(cause instanceof CrimpError, String(cause));
    assert.equal(cause.exitCode, Exit.badInput);
    return cause.diagnostics[0]!.code;
  }
  return 'accepted';
}

describe('readUf2', () => {
  it('gives back what was encoded', () => {
    const image = readUf2(sound);
    assert.ok(isUf2(sound));
    assert.deepEqual(image.familyIds, [family]);
    assert.deepEqual(
      image.chunks.map((chunk) => chunk.address),
      [0x10000000, 0x10000100, 0x10000200],
    );
    const bytes = Buffer.concat(image.chunks.map((chunk) => chunk.bytes));
    assert.deepEqual(Uint8Array.from(bytes.subarray(0, content.length)), content);
  });

  it('takes several families in one file, each with its own numbering', () => {
    const other = encodeUf2(content.subarray(0, 256), 0x10000000, { familyId: 0xe48bff59 });
    const image = readUf2(Buffer.concat([sound, other]));
    assert.deepEqual(image.familyIds, [family, 0xe48bff59]);
  });

  it('refuses broken files, each with the offset', () => {
    const damaged = Uint8Array.from(sound);
    damaged[512 + 508] = 0;
    assert.equal(
      codeOf(() => readUf2(damaged)),
      'bad-uf2',
    );
    assert.throws(() => readUf2(damaged, 'a.uf2'), /a\.uf2@512/);
    assert.throws(() => readUf2(sound.subarray(0, 1000)), /no whole number/);
    assert.throws(() => readUf2(new Uint8Array(0)), /bad-uf2/);
    assert.throws(() => readUf2(sound.subarray(0, 1024)), /2 of 3 blocks/);
    assert.throws(() => readUf2(Buffer.concat([sound, sound.subarray(0, 512)])), /twice/);
  });

  it('refuses another family of chips', () => {
    const image = readUf2(encodeUf2(content, 0x10000000, { familyId: 0xe48bff59 }));
    assert.equal(
      codeOf(() => requireFamily(image, family, 'pico')),
      'wrong-family',
    );
    assert.throws(() => requireFamily(image, family, 'pico'), /0xe48bff59.*0xe48bff56/);
    assert.equal(
      codeOf(() => requireFamily(readUf2(sound), family, 'pico')),
      'accepted',
    );
  });
});
