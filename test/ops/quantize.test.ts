import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { Op } from '../../src/graph/graph.js';
import { quantize } from '../../src/ops/quantize.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

const pairs = quantize.supports.map((c) => [c.input, c.output] as const);

test('QUANTIZE: the emitted C equals the simulator', () =>
  checkProperty(unaryGraph('QUANTIZE', pairs), { runs: 300 }));

const edges = [0.25, -0.25, 0.75, -0.75, 0.2499999, 63.5, 64, -64.25, -100, 1e30, -1e30];
const odd = Float32Array.of(...edges, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0);

function fromFloat(scale: number, zeroPoint: number) {
  const builder = graphBuilder('quantize');
  const input = builder.input('x', { dtype: 'float32', shape: [odd.length] });
  const spec = { dtype: 'int8', shape: [odd.length], quantization: perTensor(scale, zeroPoint) } as const;
  return builder.build(builder.op('QUANTIZE', 'y', [input], {}, spec));
}

test('ties round away from zero, and what no integer holds saturates', async () => {
  const graph = fromFloat(0.5, 0);
  const simulator = createSimulator(graph);
  simulator.setInputs(new Uint8Array(odd.buffer));
  simulator.run();
  const expected = [1, -1, 2, -2, 0, 127, 127, -128, -128, 127, -128, 127, -128, -128, 0];
  assert.deepEqual([...(simulator.memory[1] as Int8Array)], expected);
  await proveGraphs([graph, fromFloat(1e-30, 5), fromFloat(1e30, -128)], {
    samples: 1,
    activation: () => odd,
  });
});

test('QUANTIZE refuses what TFLM refuses', () => {
  const graph = fromFloat(0.5, 0);
  const problems = (output: object, input: object = {}) => {
    const tensors = [
      { ...graph.tensors[0]!, ...input },
      { ...graph.tensors[1]!, ...output },
    ];
    return quantize.check(graph.ops[0] as Op<'QUANTIZE'>, { ...graph, tensors }).map((p) => p.code);
  };
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ dtype: 'int32' }), ['op-dtypes']);
  assert.deepEqual(problems({ quantization: undefined }), ['quantization']);
  assert.deepEqual(problems({ quantization: perTensor(0, 0), shape: [1] }), ['op-shape', 'quantization']);
  const perChannel = { scale: Float32Array.of(1, 2), zeroPoint: Int32Array.of(0, 0), axis: 0 };
  assert.deepEqual(problems({ quantization: perChannel }), ['quantization']);
  assert.deepEqual(problems({}, { dtype: 'int8', quantization: perTensor(1e30, 0) }), ['quantization']);
});
