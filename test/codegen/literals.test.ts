import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { floatLiteral, literals } from '../../codegen/literals.js';

test('a float literal reads back to the same float32', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const text = floatLiteral(x);
      assert.match(text, /^-?\d+(\.\d+)?(e[+-]?\d+)?f$/);
      assert.ok(/[.e]/.test(text), `${text} would be an integer constant`);
      assert.ok(Object.is(Math.fround(Number(text.slice(0, -1))), x), text);
    }),
    { seed: 8, numRuns: 2000 },
  );
});

test('the smallest integers are spelled so that no compiler sees the negation of too large a number', () => {
  assert.deepEqual(literals({ ctype: 'int32_t', data: Int32Array.of(-2147483648, 5) }), ['INT32_MIN', '5']);
  const wide = BigInt64Array.of(-(1n << 63n), -7n);
  assert.deepEqual(literals({ ctype: 'int64_t', data: wide }), ['INT64_MIN', 'INT64_C(-7)']);
  assert.deepEqual(literals({ ctype: 'uint32_t', data: Uint32Array.of(4294967295) }), ['4294967295u']);
});
