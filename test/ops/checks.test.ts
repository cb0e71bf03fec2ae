/** `check` of the operators without weights: what TFLM refuses, and never an exception, whatever the tensors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { DType, Graph, Op, OpAttributes, OpType } from '../../src/graph/graph.js';
import { definitionOf } from '../../src/ops/registry.js';
import { elementwiseTypes } from '../property/arbitraries/elementwise.js';

const pool = {
  padding: 'VALID',
  stride: { height: 1, width: 1 },
  filter: { height: 2, width: 2 },
  activation: 'RELU6',
} as const;

const functionsOfOneValue = elementwiseTypes.map((type) => [type, {}]);

const attributes: Partial<OpAttributes> = {
  ...Object.fromEntries(functionsOfOneValue),
  LEAKY_RELU: { alpha: 0.1 },
  L2_NORMALIZATION: { activation: 'NONE' },
  ADD: { activation: 'NONE' },
  MUL: { activation: 'RELU' },
  SUB: { activation: 'RELU6' },
  AVERAGE_POOL_2D: pool,
  CONCATENATION: { axis: 0 },
  MAX_POOL_2D: pool,
  SOFTMAX: { beta: 1 },
  RESHAPE: {},
  QUANTIZE: {},
  DEQUANTIZE: {},
  RELU: {},
  RELU6: {},
  PAD: {},
  MEAN: { keepDims: true },
};

function checkOf(graph: Graph) {
  const op = graph.ops[0] as Op;
  return definitionOf(op).check(op, graph);
}

function problems<T extends OpType>(
  type: T,
  inputs: readonly (TensorSpec & { data?: Int32Array })[],
  output: TensorSpec,
) {
  const builder = graphBuilder('check');
  const indices = inputs.map((spec, i) =>
    spec.data ? builder.constant(`c${i}`, { ...spec, data: spec.data }) : builder.input(`x${i}`, spec),
  );
  const graph = builder.build(builder.op(type, 'y', indices, attributes[type] as OpAttributes[T], output));
  return checkOf(graph).map((p) => p.code);
}

const int8 = (shape: number[], scale = 0.5, zeroPoint = 0): TensorSpec => {
  return { dtype: 'int8', shape, quantization: perTensor(scale, zeroPoint) };
};
const int32 = (shape: number[], ...values: number[]) => {
  return { dtype: 'int32', shape, data: Int32Array.of(...values) } as const;
};

test('pools refuse scales that differ by more than 1e-6, zero points that differ, and windows that do not fit', () => {
  for (const type of ['AVERAGE_POOL_2D', 'MAX_POOL_2D'] as const) {
    assert.deepEqual(problems(type, [int8([1, 4, 4, 1])], int8([1, 3, 3, 1])), []);
    assert.deepEqual(problems(type, [int8([1, 4, 4, 1])], int8([1, 3, 3, 1], 0.5000009)), []);
    assert.deepEqual(problems(type, [int8([1, 4, 4, 1])], int8([1, 3, 3, 1], 0.500002)), ['quantization']);
    assert.deepEqual(problems(type, [int8([1, 4, 4, 1])], int8([1, 3, 3, 1], 0.5, 1)), ['quantization']);
    assert.deepEqual(problems(type, [int8([1, 1, 4, 1])], int8([1, 1, 3, 1])), ['op-shape']);
    assert.deepEqual(problems(type, [int8([4, 4, 1])], int8([3, 3, 1])), ['op-shape']);
    assert.deepEqual(problems(type, [int8([1, 4, 4, 1])], int8([1, 2, 3, 1])), ['op-shape']);
  }
});

test('RESHAPE keeps the number of elements and the type', () => {
  assert.deepEqual(problems('RESHAPE', [int8([2, 6])], int8([3, 4])), []);
  assert.deepEqual(problems('RESHAPE', [int8([2, 6])], { ...int8([3, 5]), dtype: 'int16' }), [
    'op-dtypes',
    'op-shape',
  ]);
  assert.deepEqual(problems('RESHAPE', [], int8([1])), ['op-inputs']);
});

test('PAD takes constant int32 paddings that are not negative and give the output', () => {
  assert.deepEqual(problems('PAD', [int8([2]), int32([1, 2], 1, 2)], int8([5])), []);
  assert.deepEqual(problems('PAD', [int8([2]), int32([1, 2], 1, 1)], int8([5])), ['op-shape']);
  assert.deepEqual(problems('PAD', [int8([2]), int32([1, 2], 4, -1)], int8([5])), ['op-range']);
  assert.deepEqual(problems('PAD', [int8([2]), int32([1], 1)], int8([5])), ['op-shape']);
  const computed: TensorSpec = { dtype: 'int32', shape: [1, 2] };
  assert.deepEqual(problems('PAD', [int8([2]), computed], int8([5])), ['not-constant']);
});

test('MEAN takes constant axes within the rank', () => {
  assert.deepEqual(problems('MEAN', [int8([2, 3]), int32([1], -1)], int8([2, 1])), []);
  assert.deepEqual(problems('MEAN', [int8([2, 3]), int32([1], 2)], int8([2, 1])), ['op-range']);
  const nine = [1, 1, 1, 1, 1, 1, 1, 1, 1];
  assert.deepEqual(problems('MEAN', [int8(nine), int32([1], 0)], int8(nine)), ['op-shape']);
});

test('RELU of int16 needs zero points of 0, RELU6 reads the input alone', () => {
  const int16 = (zeroPoint: number): TensorSpec => {
    return { dtype: 'int16', shape: [4], quantization: perTensor(0.5, zeroPoint) };
  };
  assert.deepEqual(problems('RELU', [int16(0)], int16(0)), []);
  assert.deepEqual(problems('RELU', [int16(1)], int16(2)), ['quantization', 'quantization']);
  assert.deepEqual(problems('RELU6', [int16(1)], { ...int16(2), quantization: undefined }), []);
  assert.deepEqual(problems('RELU6', [{ ...int16(1), quantization: undefined }], int16(2)), ['quantization']);
});

test('check never throws', () => {
  const dtypes: DType[] = ['int4', 'int8', 'uint8', 'int16', 'int32', 'int64', 'float32', 'bool'];
  const quantization = fc.constantFrom(
    undefined,
    perTensor(0.5, 3),
    perTensor(Number.NaN, 0),
    perTensor(1e-38, -128),
    { scale: new Float32Array(0), zeroPoint: new Int32Array(0), axis: 0 },
    { scale: Float32Array.of(1, 2), zeroPoint: new Int32Array(2), axis: 1 },
  );
  const spec = fc.record({
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }),
    quantization,
    data: fc.option(
      fc.array(fc.integer({ min: -3, max: 5 }), { maxLength: 8 }).map((v) => Int32Array.from(v)),
      { nil: undefined },
    ),
  });
  const types = Object.keys(attributes) as OpType[];
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(spec, { maxLength: 4 }), spec, (type, inputs, output) => {
      assert.ok(Array.isArray(problems(type, inputs, output)));
    }),
    { numRuns: 8000, seed: 1 },
  );
});
