import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Shape } from '../../src/graph/graph.js';
import { broadcastLoops, broadcastRuns, broadcastShape } from '../../src/ops/broadcast.js';
import { broadcastable, seed, shape } from '../property/arbitraries/operands.js';
import { random } from '../property/random.js';

/** Element of the operand that stands behind output element i, dimension by dimension. */
function indexOf(operand: Shape, output: Shape, i: number): number {
  let [index, stride] = [0, 1];
  for (let d = output.length - 1, rest = i; d >= 0; d--) {
    const size = operand[d - output.length + operand.length] ?? 1;
    index += size === 1 ? 0 : (rest % output[d]!) * stride;
    rest = Math.floor(rest / output[d]!);
    stride *= size;
  }
  return index;
}

test('the loops visit what the definition of broadcasting says, in order', () => {
  fc.assert(
    fc.property(shape, seed, (whole, s) => {
      const rng = random(s);
      const [a, b] = [broadcastable(whole, rng), broadcastable(whole, rng)];
      const output = broadcastShape(a, b)!;
      const { run, a: startsA, b: startsB } = broadcastRuns(broadcastLoops(a, b));
      const n = output.reduce((product, d) => product * d, 1);
      assert.equal(startsA.length * run.count, n);
      for (let i = 0; i < n; i++) {
        const [r, k] = [Math.floor(i / run.count), i % run.count];
        assert.equal(startsA[r]! + k * run.a, indexOf(a, output, i));
        assert.equal(startsB[r]! + k * run.b, indexOf(b, output, i));
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('dimensions that both operands walk alike are one loop', () => {
  assert.deepEqual(broadcastLoops([2, 3, 4], [2, 3, 4]), [{ count: 24, a: 1, b: 1 }]);
  assert.deepEqual(broadcastLoops([2, 3, 4], []), [{ count: 24, a: 1, b: 0 }]);
  assert.deepEqual(broadcastLoops([5, 3, 4], [4]), [
    { count: 4, a: 1, b: 1 },
    { count: 15, a: 4, b: 0 },
  ]);
  assert.deepEqual(broadcastLoops([1], [1, 1]), [{ count: 1, a: 1, b: 1 }]);
  assert.equal(broadcastShape([2, 3], [2]), undefined);
});
