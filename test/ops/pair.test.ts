/** All operators of two values, in one program: the emitted C equals the simulator. Values: one file each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import { importModel } from '../../src/importers/index.js';
import { pairGraph, pairTypes } from '../property/arbitraries/pair.js';
import { proveGraphs } from '../property/harness.js';
import { randomActivation } from '../property/random.js';
import { codesOf, oneOp } from '../support/one_op.js';
import { reals } from '../support/one_value.js';

const graphs = pairTypes.flatMap((type) => fc.sample(pairGraph(type), { numRuns: 14, seed: 1 }));

/** Quotients of reals of every size. */
const everywhere = (['FLOOR_DIV', 'FLOOR_MOD', 'DIV'] as const).map((type) => {
  const builder = graphBuilder(type.toLowerCase());
  const spec = { dtype: 'float32', shape: [reals.length] } as const;
  const inputs = [builder.input('a', spec), builder.input('b', spec)];
  return builder.build(builder.op(type, 'y', inputs, { activation: 'NONE' }, spec));
});

test('operators of two values: the emitted C equals the simulator', () =>
  proveGraphs([...graphs, ...everywhere], {
    activation(tensor, sample, rng) {
      if (tensor.shape[0] === reals.length) {
        return Float32Array.from(reals, () => reals[rng.int(0, reals.length - 1)]!);
      }
      // No division by 0.
      if (tensor.name === 'b' && tensor.dtype === 'float32') {
        const count = tensor.shape.reduce((n, d) => n * d, 1);
        return Float32Array.from({ length: count }, () => rng.int(-4, 4) + 0.25);
      }
      return randomActivation(tensor, sample, rng);
    },
  }));

test('all come back from a .tflite file as they went', () => {
  for (const graph of graphs) {
    const again = importModel(exportTflite(graph), { name: graph.name });
    assert.deepEqual(again.ops, graph.ops);
    assert.deepEqual(
      again.tensors.map((t) => [t.dtype, t.shape]),
      graph.tensors.map((t) => [t.dtype, t.shape]),
    );
  }
});

test('operands that do not broadcast, and types without a kernel, are refused', () => {
  const two = (dtype: 'float32' | 'int8' | 'bool') => [
    { shape: [2, 3], dtype },
    { shape: [2, 2], dtype },
  ];
  for (const type of pairTypes) {
    if (type === 'SELECT_V2') continue;
    const { dtype } = graphs.find((g) => g.ops[0]!.type === type)!.tensors[0]!;
    const graph = oneOp(type, two(dtype as 'float32'), { activation: 'NONE' });
    assert.ok(codesOf(graph).includes('op-shape'), type);
    assert.ok(
      checkGraph(
        oneOp(
          type,
          [
            { shape: [1], dtype: 'uint8' },
            { shape: [1], dtype: 'uint8' },
          ],
          { activation: 'NONE' },
        ),
      ).some((d) => d.code === 'op-dtypes'),
      type,
    );
  }
});
