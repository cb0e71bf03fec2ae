/** Numbers as the firmware prints them, against exact arithmetic. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import { compileHost } from '../../src/firmware/host.js';

/** value = mantissa · 2^exponent, rounded half to even to three decimals: what printf's %.3f gives. */
function thousandths(mantissa: bigint, exponent: number): string {
  const magnitude = mantissa < 0n ? -mantissa : mantissa;
  const numerator = magnitude * 1000n * (exponent > 0 ? 1n << BigInt(exponent) : 1n);
  const denominator = exponent < 0 ? 1n << BigInt(-exponent) : 1n;
  let q = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice > denominator || (twice === denominator && q % 2n === 1n)) q++;
  const text = q.toString().padStart(4, '0');
  return `${mantissa < 0n ? '-' : ''}${text.slice(0, -3)}.${text.slice(-3)}`;
}

/** A finite float's value in units of 2^-149. */
function units(bits: number): bigint {
  const biased = BigInt((bits >>> 23) & 0xff);
  const fraction = BigInt(bits & 0x7fffff);
  const magnitude = biased === 0n ? fraction : (fraction | 0x800000n) << (biased - 1n);
  return bits >>> 31 ? -magnitude : magnitude;
}

const float = (bits: number) => new DataView(Uint32Array.of(bits).buffer).getFloat32(0, true);

async function print(lines: readonly string[]): Promise<string[]> {
  return withTemporaryFolder(async (folder) => {
    const common = assetPath('firmware-templates/common');
    const files = ['text.c', 'crc32.c'].map((name) => `${common}/${name}`);
    const main = assetPath('test/firmware/fixtures/print_reals.c');
    // -iquote: the board's string.h is not for a program that has a C library.
    const flags = [`-iquote${common}`, `-iquote${assetPath('firmware-templates/pico')}`];
    const program = await compileHost(folder, [main, ...files], { sanitize: true, flags });
    return execFileSync(program, { input: `${lines.join('\n')}\n` })
      .toString()
      .trimEnd()
      .split('\n');
  });
}

describe('numbers as text', () => {
  it('prints quantized values and floats to three decimals, exactly', async () => {
    const quantized = fc.tuple(fc.bigInt(-(2n ** 45n), 2n ** 45n), fc.integer({ min: -80, max: 0 }));
    const values = fc.sample(quantized, { numRuns: 2000, seed: 1 });
    const halves: [bigint, number][] = [
      [1n, -4],
      [3n, -4],
      [-5n, -4],
      [1n, -1],
      [0n, 0],
      [0n, -60],
      [1n, 20],
    ];
    const all = [...values, ...halves];
    const printed = await print(all.map(([m, e]) => `${m} ${e}`));
    all.forEach(([m, e], i) => {
      assert.equal(printed[i], thousandths(m, e), `${m} * 2^${e}`);
    });
  });

  it('prints any float, very large and strange ones too', async () => {
    const bits = fc.sample(fc.integer({ min: 0, max: 0xffffffff }), { numRuns: 2000, seed: 2 });
    const all = [...bits, 0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f7fffff, 1, 0x3f7fffff];
    const printed = await print(all.map((b) => `${b} 999`));
    all.forEach((b, i) => {
      const value = float(b);
      if (!Number.isFinite(value)) {
        assert.equal(printed[i], Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf');
      } else if (Math.abs(value) >= 2 ** 45) {
        assert.ok(Math.abs(Number(printed[i]) / value - 1) < 1e-12, `${printed[i]} for ${value}`);
      } else {
        // A float is a whole number of 2^-149.
        const exact = thousandths(units(b), -149).replace('-0.000', value === 0 ? '0.000' : '-0.000');
        assert.equal(printed[i], exact, `${value}`);
      }
    });
  });
});
