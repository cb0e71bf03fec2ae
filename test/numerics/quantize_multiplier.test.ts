import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frexp, quantizeMultiplier, quantizeMultipliers } from '../../src/numerics/quantize_multiplier.js';

const seed = { seed: 1, numRuns: 5000 };
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test('frexp splits every finite double exactly, subnormal ones too', () => {
  fc.assert(
    fc.property(finite, (x) => {
      const { mantissa, exponent } = frexp(x);
      if (x === 0) return exponent === 0 && mantissa === 0;
      // In two steps: 2^−1074 · 0.5 … is out of reach in one.
      const half = Math.trunc(exponent / 2);
      assert.equal(mantissa * 2 ** half * 2 ** (exponent - half), x);
      return Math.abs(mantissa) >= 0.5 && Math.abs(mantissa) < 1;
    }),
    seed,
  );
  assert.deepEqual(frexp(Number.MIN_VALUE), { mantissa: 0.5, exponent: -1073 });
  assert.deepEqual(frexp(1), { mantissa: 0.5, exponent: 1 });
});

test('quantizeMultiplier is the nearest 31-bit multiplier', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -31, max: 2 ** 20, noNaN: true }), (real) => {
      const { multiplier, shift } = quantizeMultiplier(real);
      assert.ok(multiplier >= 2 ** 30 && multiplier < 2 ** 31);
      assert.ok(Math.abs(multiplier - real * 2 ** (31 - shift)) <= 0.5);
    }),
    seed,
  );
});

test('a mantissa that rounds up to 1 is halved; what lies below 2^-32 is 0', () => {
  assert.deepEqual(quantizeMultiplier(1 - 2 ** -53), { multiplier: 2 ** 30, shift: 1 });
  assert.deepEqual(quantizeMultiplier(2 ** -32), { multiplier: 2 ** 30, shift: -31 });
  assert.deepEqual(quantizeMultiplier(2 ** -33), { multiplier: 0, shift: 0 });
  assert.deepEqual(quantizeMultiplier(0), { multiplier: 0, shift: 0 });
});

test('one weight scale serves all channels; the product is formed in double', () => {
  const [input, weights, output] = [0.1, 0.003, 0.07].map(Math.fround) as [number, number, number];
  const { multiplier, shift } = quantizeMultipliers(input, Float32Array.of(weights), output, 3);
  const one = quantizeMultiplier((input * weights) / output);
  assert.deepEqual([...multiplier], [one.multiplier, one.multiplier, one.multiplier]);
  assert.deepEqual([...shift], [one.shift, one.shift, one.shift]);
  assert.notEqual(one.multiplier, quantizeMultiplier(Math.fround(input * weights) / output).multiplier);
});
