import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { DType, Shape } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { transposeConvGraph } from '../property/arbitraries/transpose_conv.js';
import { checkProperty } from '../property/harness.js';
import { codesOf, valuesOf } from '../support/one_op.js';

test('TRANSPOSE_CONV: the emitted C equals the simulator', () =>
  checkProperty(transposeConvGraph, { runs: 120 }));

test('TRANSPOSE_CONV comes back from a .tflite file as it went', () => {
  for (const graph of fc.sample(transposeConvGraph, { numRuns: 8, seed: 2 })) {
    assert.deepEqual(importModel(exportTflite(graph), { name: graph.name }).ops, graph.ops);
  }
});

/** A row of pixels 0, 1, 2, … and the filter 1, 10, 100. */
function row(width: number, padding: 'SAME' | 'VALID', stride: number, output: Shape) {
  const builder = graphBuilder('transpose_conv');
  const weights = { dtype: 'float32', shape: [1, 1, 3, 1], data: Float32Array.of(1, 10, 100) } as const;
  const inputs = [
    builder.constant('output_shape', { dtype: 'int32', shape: [4], data: Int32Array.from(output) }),
    builder.constant('weights', weights),
    builder.input('x', { dtype: 'float32', shape: [1, 1, width, 1] }),
  ];
  const attributes = { padding, stride: { height: 1, width: stride }, activation: 'NONE' } as const;
  return builder.build(
    builder.op('TRANSPOSE_CONV', 'y', inputs, attributes, { dtype: 'float32', shape: output }),
  );
}

test('TRANSPOSE_CONV lays filters side by side, a stride apart', () => {
  assert.deepEqual(valuesOf(row(3, 'VALID', 2, [1, 1, 7, 1])), [[0, 0, 1, 10, 102, 20, 200]]);
  assert.deepEqual(valuesOf(row(3, 'VALID', 1, [1, 1, 5, 1])), [[0, 1, 12, 120, 200]]);
});

test('TRANSPOSE_CONV of padding SAME leaves out what a convolution back would pad', () => {
  assert.deepEqual(valuesOf(row(3, 'SAME', 1, [1, 1, 3, 1])), [[1, 12, 120]]);
  // Of the padding of one pixel the larger half comes last.
  assert.deepEqual(valuesOf(row(3, 'SAME', 2, [1, 1, 6, 1])), [[0, 0, 1, 10, 102, 20]]);
});

test('TRANSPOSE_CONV multiplies every input with every weight', () => {
  const graph = row(3, 'SAME', 2, [1, 1, 6, 1]);
  assert.equal(macsOf(graph.ops[0]!, graph), 9);
});

test('TRANSPOSE_CONV refuses channels that do not fit, and biases of another type', () => {
  assert.deepEqual(codesOf(row(3, 'SAME', 2, [1, 1, 6, 2])), ['op-shape']);
  const biased = (bias: DType) => {
    const builder = graphBuilder('transpose_conv');
    const scaled = (zeroPoint = 0) => perTensor(0.5, zeroPoint);
    const weights = {
      dtype: 'int8',
      shape: [1, 1, 1, 1],
      quantization: scaled(),
      data: Int8Array.of(2),
    } as const;
    const data =
      bias === 'int64' ? BigInt64Array.of(3n) : bias === 'int16' ? Int16Array.of(3) : Int32Array.of(3);
    const inputs = [
      builder.constant('output_shape', { dtype: 'int32', shape: [4], data: Int32Array.of(1, 1, 2, 1) }),
      builder.constant('weights', weights),
      builder.input('x', { dtype: 'int16', shape: [1, 1, 2, 1], quantization: scaled() }),
      builder.constant('bias', { dtype: bias, shape: [1], quantization: perTensor(0.25, 0), data }),
    ];
    const attributes = { padding: 'SAME', stride: { height: 1, width: 1 }, activation: 'NONE' } as const;
    const output = { dtype: 'int16', shape: [1, 1, 2, 1], quantization: scaled() } as const;
    return builder.build(builder.op('TRANSPOSE_CONV', 'y', inputs, attributes, output));
  };
  assert.deepEqual(codesOf(biased('int32')), ['op-dtypes']);
  // (0 · 2 + 3) / 2 and (1 · 2 + 3) / 2, rounded.
  assert.deepEqual(valuesOf(biased('int16')), [[2, 3]]);
  assert.deepEqual(valuesOf(biased('int64')), [[2, 3]]);
});
