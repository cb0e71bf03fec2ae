import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import { compileHost } from '../../src/firmware/host.js';
import { expFloat32 } from '../../src/numerics/exp_float32.js';
import { withoutArm } from '../firmware/arm.js';
import { bootCortexM0Plus } from '../kernels/m0plus.js';
import { errorInUlps } from './exact_exp.js';

const [minusZero, minus104] = [0x80000000, 0xc2d00000];

/** Every `step`-th float32 from −0 to −104. */
function sweep(step: number): Float32Array {
  const bits = new Uint32Array(Math.floor((minus104 - minusZero) / step) + 1);
  return new Float32Array(bits.map((_, i) => minusZero + i * step).buffer);
}

const bytesOf = (values: Float32Array) => new Uint8Array(values.map(expFloat32).buffer);

test('exp has the bits of expf of glibc', () => {
  const bits = bytesOf(sweep(5003));
  assert.equal(
    createHash('sha256').update(bits).digest('hex'),
    // glibc 2.36, x86-64
    '07723efd72222205d4ca2c2eb322c957f72272ab13ce22ffd3fcb7e0853e5787',
  );
});

test('exp has the bits of expf of glibc where those are not the nearest', () => {
  const pairs = [
    [-9.63555503403768e-5, 0.999903678894043],
    [-0.0002700753102544695, 0.9997299909591675],
  ] as const;
  for (const [x, expf] of pairs) {
    assert.equal(expFloat32(x), expf);
    assert.ok(Math.abs(errorInUlps(x, expf)) > 0.5);
  }
});

test('exp is within 0.502 ulp, and the nearest float32 in all but a few cases', () => {
  let [count, others] = [0, 0];
  for (let exponent = -24; exponent <= 6; exponent++) {
    for (let i = 0; i < 1000; i++) {
      const x = -Math.fround(2 ** exponent * (1 + i / 1000));
      if (x < -103.9) break;
      const error = Math.abs(errorInUlps(x, expFloat32(x)));
      assert.ok(error < 0.502, `exp(${x}) is off by ${error} ulp`);
      count++;
      if (error > 0.5) others++;
    }
  }
  assert.deepEqual({ count, others }, { count: 30624, others: 17 });
});

test('exp of the ends', () => {
  const smallest = 2 ** -149;
  for (const [x, expected] of [
    [0, 1],
    [-0, 1],
    [-smallest, 1],
    // Below the smallest normal number, and either side of half of the smallest number.
    [-87.5, 9.982351397596697e-39],
    [-103.97207641601562, smallest],
    [-103.97208404541016, 0],
    [-104, 0],
    [-104.5, 0],
    [-3.4028234663852886e38, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, Number.NaN],
  ] as const)
    assert.equal(expFloat32(x), expected, `exp(${x})`);
});

/** C that writes exp of every `step`-th float32 from −0 to −104 to `results`. */
function program(step: number, count: number): string {
  return `
#include "${assetPath('codegen/kernels/portable/exp_f32.c').replaceAll('\\', '/')}"

float results[${count}];
void fill(void);

void fill(void)
{
    for (uint32_t i = 0; i < ${count}u; ++i) {
        const uint32_t bits = ${minusZero}u + i * ${step}u;
        float x;

        memcpy(&x, &bits, sizeof x);
        results[i] = crimp_exp_f32(x);
    }
}
`;
}

test('the C has the same bits', async () => {
  const values = sweep(5003);
  const main = `
#include <stdio.h>

int main(void)
{
    fill();
    return fwrite(results, sizeof results, 1, stdout) != 1;
}
`;
  await withTemporaryFolder(async (folder) => {
    writeFileSync(path.join(folder, 'main.c'), program(5003, values.length) + main);
    const { stdout } = spawnSync(await compileHost(folder, ['main.c'], { sanitize: true }), {
      maxBuffer: 1 << 24,
    });
    assert.deepEqual(new Uint8Array(stdout), bytesOf(values));
  });
});

test('the C has the same bits on a Cortex-M0+, whose doubles are software', {
  skip: withoutArm,
}, async () => {
  const values = sweep(500_009);
  await withTemporaryFolder(async (folder) => {
    writeFileSync(path.join(folder, 'exp.c'), program(500_009, values.length));
    const machine = bootCortexM0Plus(folder, 'exp.c');
    machine.call('fill');
    assert.deepEqual(machine.read('results', 0, 4 * values.length), bytesOf(values));
  });
});
