import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import { importModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { batchMatmulGraph } from '../property/arbitraries/batch_matmul.js';
import { checkProperty } from '../property/harness.js';
import { codesOf, oneOp, shapesOf, valuesOf } from '../support/one_op.js';

test('BATCH_MATMUL: the emitted C equals the simulator', () =>
  checkProperty(batchMatmulGraph, { runs: 120 }));

test('BATCH_MATMUL comes back from a .tflite file as it went', () => {
  for (const graph of fc.sample(batchMatmulGraph, { numRuns: 8, seed: 2 })) {
    assert.deepEqual(importModel(exportTflite(graph), { name: graph.name }).ops, graph.ops);
  }
});

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const;

test('BATCH_MATMUL of matrices as they are, and stored transposed', () => {
  const product = (adjX: boolean, adjY: boolean) =>
    valuesOf(oneOp('BATCH_MATMUL', [float(2, 2), float(2, 2)], { adjX, adjY }));
  assert.deepEqual(product(false, false), [[2, 3, 6, 11]]);
  assert.deepEqual(product(true, false), [[4, 6, 6, 10]]);
  assert.deepEqual(product(false, true), [[1, 3, 3, 13]]);
  assert.deepEqual(product(true, true), [[2, 6, 3, 11]]);
});

test('BATCH_MATMUL broadcasts what stands before the matrices', () => {
  const graph = oneOp('BATCH_MATMUL', [float(3, 1, 1, 2), float(2, 2, 1)], { adjX: false, adjY: false });
  assert.deepEqual(shapesOf(graph), [[3, 2, 1, 1]]);
  assert.deepEqual(valuesOf(graph), [[1, 3, 3, 13, 5, 23]]);
  assert.equal(macsOf(graph.ops[0]!, graph), 12);
});

test('BATCH_MATMUL refuses matrices that do not fit, and zero points of int16', () => {
  const plain = { adjX: false, adjY: false };
  assert.deepEqual(codesOf(oneOp('BATCH_MATMUL', [float(2, 3), float(2, 3)], plain)), ['op-shape']);
  const builder = graphBuilder('batch_matmul');
  const spec: TensorSpec = { dtype: 'int16', shape: [1, 1], quantization: perTensor(0.1, 1) };
  const inputs = [builder.input('a', spec), builder.input('b', spec)];
  const graph = builder.build(builder.op('BATCH_MATMUL', 'y', inputs, plain, spec));
  assert.deepEqual(codesOf(graph), ['quantization', 'quantization', 'quantization']);
});
