/** Functions of one value, quantized: by TFLite's rules, close to the float ones, and refused where TFLM has no kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { CrimpError } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { outputTensor } from '../../src/graph/access.js';
import { graphBuilder } from '../../src/graph/build.js';
import type { Graph, Op, OpAttributes, OpType } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { importModel } from '../../src/importers/index.js';
import { random } from '../property/random.js';

const shape = [1, 6] as const;
const float = { dtype: 'float32', shape } as const;

/** x · x + 0.5 for those that take positive values. */
function graphOf<T extends OpType>(type: T, attributes: OpAttributes[T]): Graph {
  const builder = graphBuilder(type.toLowerCase());
  let x = builder.input('x', float);
  if (type === 'RSQRT') {
    const half = builder.constant('half', { ...float, shape: [1], data: Float32Array.of(0.5) });
    x = builder.op('MUL', 'square', [x, x], { activation: 'NONE' }, float);
    x = builder.op('ADD', 'positive', [x, half], { activation: 'NONE' }, float);
  }
  const slopes = { ...float, data: Float32Array.of(0.3, -0.5, 0.1, 1, 0.25, 0) };
  const inputs = type === 'PRELU' ? [x, builder.constant('alpha', slopes)] : [x];
  return builder.build(builder.op(type, 'y', inputs, attributes, float));
}

function dataset() {
  const rng = random(3);
  return { count: 100, inputs: [Float32Array.from({ length: 600 }, () => 6 * rng.next() - 3)] };
}

const none = { activation: 'NONE' } as const;
const cases: readonly (readonly [Graph, 'int8' | 'int16', number])[] = [
  ...(['ABS', 'ELU', 'HARD_SWISH', 'LOGISTIC', 'LOG_SOFTMAX', 'RSQRT', 'TANH'] as const).map(
    (type) => [graphOf(type, {}), 'int8', 30] as const,
  ),
  ...(['RELU_0_TO_1', 'RELU_N1_TO_1', 'PRELU'] as const).map(
    (type) => [graphOf(type, {}), 'int8', 30] as const,
  ),
  [graphOf('LEAKY_RELU', { alpha: 0.125 }), 'int8', 30],
  [graphOf('L2_NORMALIZATION', none), 'int8', 30],
  ...(['ABS', 'LOGISTIC', 'TANH', 'RSQRT'] as const).map((type) => [graphOf(type, {}), 'int16', 60] as const),
  [graphOf('LEAKY_RELU', { alpha: 0.125 }), 'int16', 60],
];

test('functions of one value keep what their type can hold', () => {
  for (const [graph, activations, least] of cases) {
    const { graph: quantized, report } = quantize(graph, dataset(), { activations });
    const { sqnr } = report.layers.at(-1)!;
    assert.ok(sqnr! > least, `${graph.name} ${activations}: ${sqnr} dB`);
    assert.equal(hashGraph(importModel(exportTflite(quantized), { name: graph.name })), hashGraph(quantized));
  }
});

test('outputs have the scales that TFLite fixes', () => {
  const outputOf = (graph: Graph, activations: 'int8' | 'int16' = 'int8') => {
    const quantized = quantize(graph, dataset(), { activations }).graph;
    const { scale, zeroPoint } = outputTensor(quantized, quantized.ops.at(-1) as Op).quantization!;
    return [scale[0], zeroPoint[0]];
  };
  assert.deepEqual(outputOf(graphOf('LOGISTIC', {})), [1 / 256, -128]);
  assert.deepEqual(outputOf(graphOf('LOGISTIC', {}), 'int16'), [1 / 32768, 0]);
  assert.deepEqual(outputOf(graphOf('TANH', {})), [1 / 128, 0]);
  assert.deepEqual(outputOf(graphOf('LOG_SOFTMAX', {})), [1 / 16, 127]);
  assert.deepEqual(outputOf(graphOf('L2_NORMALIZATION', none)), [1 / 128, 0]);
});

test('what TFLM has no kernel for is refused by name where all shall be integers', () => {
  const refused = (graph: Graph, activations: 'int8' | 'int16') =>
    assert.throws(
      () => quantize(graph, dataset(), { activations, integerOnly: true }),
      (cause) => cause instanceof CrimpError && cause.diagnostics[0]!.code === 'cannot-quantize',
      graph.name,
    );
  for (const type of ['ELU', 'HARD_SWISH', 'LOG_SOFTMAX', 'PRELU'] as const)
    refused(graphOf(type, {}), 'int16');
  for (const type of ['EXP', 'SIN', 'FLOOR', 'NEG', 'SQUARE'] as const) refused(graphOf(type, {}), 'int8');
});
