import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { broadcastArgs } from '../../src/ops/broadcast_args.js';
import { foldOperands } from '../../src/passes/fold_operands.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { broadcastArgsGraph } from '../property/arbitraries/indexed.js';
import { checkProperty } from '../property/harness.js';
import { randomData } from '../property/random.js';
import { type Operand, oneOp, shapesOf } from '../support/one_op.js';

type Dims = 'int32' | 'int64';

const computed = (ranks: readonly [number, number], dtype: Dims = 'int32') =>
  oneOp(
    'BROADCAST_ARGS',
    ranks.map((rank) => ({ shape: [rank], dtype })),
    {},
  );

function answer(a: readonly (number | bigint)[], b: readonly (number | bigint)[], dtype: Dims = 'int32') {
  const simulator = createSimulator(computed([a.length, b.length], dtype));
  [a, b].forEach((dims, t) => {
    dims.forEach((n, i) => {
      simulator.memory[t]![i] = (dtype === 'int64' ? BigInt(n) : n) as number;
    });
  });
  simulator.run();
  return Array.from(simulator.memory[2]!, Number);
}

test('BROADCAST_ARGS gives the shape to which two broadcast', () => {
  assert.deepEqual(shapesOf(computed([2, 4])), [[4]]);
  assert.deepEqual(answer([3, 1], [2, 1, 3, 5]), [2, 1, 3, 5]);
  assert.deepEqual(answer([2, 1, 4], [7, 1], 'int64'), [2, 7, 4]);
});

test('dimensions that do not broadcast are the first shape’s, and those of 64 bits lose the upper half', () => {
  assert.deepEqual(answer([3, 2], [2, 3]), [3, 2]);
  assert.deepEqual(answer([(1n << 32n) + 1n, (1n << 40n) + 5n], [9, 1], 'int64'), [9, 5]);
});

/** A graph of constants alone is none that has to be computed: the op's own check. */
function problemsOf(...operands: readonly Operand[]): string[] {
  const graph = oneOp('BROADCAST_ARGS', operands, {});
  return broadcastArgs.check(graph.ops[0] as Op<'BROADCAST_ARGS'>, graph).map((p) => p.code);
}

test('each problem of a BROADCAST_ARGS has its own words', () => {
  assert.deepEqual(problemsOf({ shape: [1], dtype: 'int32' }, [2]), []);
  assert.deepEqual(problemsOf([2, 3], [3]), []);
  assert.deepEqual(problemsOf([2, 3], [2]), ['op-shape']);
  assert.deepEqual(problemsOf([2], 3), ['op-shape']);
  assert.deepEqual(problemsOf({ shape: [1], dtype: 'int64' }, [2]), ['op-dtypes']);
  assert.deepEqual(problemsOf({ shape: [1], dtype: 'int8' }, [2]), ['op-dtypes']);
});

test('of known shapes it is folded at import, so that BROADCAST_TO has a constant', () => {
  const graph: Graph = {
    name: 'broadcast',
    tensors: [
      { name: 'x', dtype: 'float32', shape: [3, 1] },
      { name: 'own', dtype: 'int32', shape: [2] },
      { name: 'other', dtype: 'int32', shape: [3], data: Int32Array.of(2, 1, 4) },
      { name: 'shape', dtype: 'int32', shape: [3] },
      { name: 'y', dtype: 'float32', shape: [2, 3, 4] },
    ],
    ops: [
      { type: 'SHAPE', name: 'own', inputs: [0], outputs: [1], attributes: { outType: 'int32' } },
      { type: 'BROADCAST_ARGS', name: 'shape', inputs: [1, 2], outputs: [3], attributes: {} },
      { type: 'BROADCAST_TO', name: 'y', inputs: [0, 3], outputs: [4], attributes: {} },
    ],
    inputs: [0],
    outputs: [4],
  };
  const folded = foldOperands(graph);
  assert.deepEqual(checkGraph(folded), []);
  assert.deepEqual(Array.from(folded.tensors[3]!.data as Int32Array), [2, 3, 4]);
  assert.ok(folded.ops.every(({ type }) => type !== 'BROADCAST_ARGS'));
});

test('random BROADCAST_ARGS in C is the simulator’s', async () => {
  await checkProperty(broadcastArgsGraph, {
    runs: 25,
    activation: ({ dtype, shape }, _, rng) => randomData(dtype, shape[0]!, rng, 1, 3),
  });
});
