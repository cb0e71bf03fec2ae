/** The float32 functions against glibc 2.36 on x86-64, whose results are held as hashes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { expFloat32 } from '../../src/numerics/exp_float32.js';
import { expm1Float32, tanhFloat32 } from '../../src/numerics/expm1_float32.js';
import { logFloat32 } from '../../src/numerics/log_float32.js';
import { sigmoidTable } from '../../src/numerics/sigmoid_int16.js';
import { cosFloat32, sinFloat32 } from '../../src/numerics/sin_float32.js';
import { sqrtFloat32 } from '../../src/numerics/sqrt_float32.js';

const sha256 = (data: Uint16Array | Float32Array) =>
  createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex');

/** Every 40,009th float32, without those that are no numbers. */
const sweep = new Float32Array(
  Uint32Array.from({ length: Math.ceil(2 ** 32 / 40009) }, (_, i) => i * 40009).buffer,
).filter((x) => !Number.isNaN(x));

const hashes = {
  expf: [expFloat32, '2096d5db03ddf60df50551469fe5a7975d77bf5bc212aa6f98cde669532deadd'],
  logf: [logFloat32, 'ab8fd4b5b0b19243819f286f71693f955e779f9a1a21a70937a602fd2ac023fd'],
  sinf: [sinFloat32, 'db87a800d2c914bcfd93cee8c70828612c7146ca77ed15d7aee400dd5e24e039'],
  cosf: [cosFloat32, 'feaeace767f40d58ec7f36bdd0ad53e26c357625cc3297c47d2d033a0e6adf46'],
  expm1f: [expm1Float32, '3e6d6b23b9a580436b6cb90710a887d92accd0fe3af8b34b0972fda0ee0cd903'],
  tanhf: [tanhFloat32, 'f5be7e82739e3499f26b1f97a88e8bb7ef0431fad4ba17351fc749d5631dc621'],
} as const;

for (const [name, [f, hash]] of Object.entries(hashes)) {
  test(`${name}, bit by bit`, () => {
    assert.equal(sha256(sweep.map(f)), hash);
  });
}

test('square roots are the nearest float32', () => {
  for (const x of [2, 3, 16777215, 2 ** -149, 3.4028234663852886e38]) {
    const root = sqrtFloat32(x);
    // Exact in doubles: neighbors are no closer.
    const half = 2 ** (Math.floor(Math.log2(root)) - 24);
    assert.ok((root - half) ** 2 < x && x < (root + half) ** 2, `${x}`);
  }
});

test('the sigmoid table is the one of TFLite', () => {
  assert.equal(sha256(sigmoidTable), 'c79a34d2c8c6e794fbb0207601538fe0169e968cd6d9d5ca65fff859dcd55183');
});
