import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import type { Graph, Op, OpAttributes } from '../../src/graph/graph.js';
import { add } from '../../src/ops/add.js';
import { pico } from '../../targets/pico.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { checkProperty, proveGraphs } from '../property/harness.js';

function problems(
  a: TensorSpec,
  b: TensorSpec,
  output: TensorSpec,
  attributes: OpAttributes['ADD'] = { activation: 'NONE' },
) {
  const builder = graphBuilder('add');
  const inputs = [builder.input('a', a), builder.input('b', b)];
  const graph: Graph = builder.build(builder.op('ADD', 'y', inputs, attributes, output));
  return add.check(graph.ops[0] as Op<'ADD'>, graph).map((p) => p.code);
}

const spec = (scale: number, shape = [2, 3]): TensorSpec => ({
  dtype: 'int8',
  shape,
  quantization: perTensor(scale, 0),
});

test('ADD: the emitted C equals the simulator', () =>
  checkProperty(binaryGraph('ADD', ['int8', 'int8', 'int16', 'int32', 'float32']), { runs: 300 }));

test('ADD: the kernels without 64-bit products equal the simulator', async () => {
  const capabilities = ['mul32', 'portable'] as const;
  const graphs = fc.sample(binaryGraph('ADD', ['int8']), { numRuns: 250, seed: 2 });
  // Outputs coarser than their inputs by orders of magnitude do not fit into its 32 bits.
  const kernels = graphs.map((graph) => lower(graph, { ...pico, capabilities })[0]!.kernel);
  const of = (name: string) => kernels.filter((kernel) => kernel === name).length;
  assert.ok(of('mul32/add_s8') + of('mul32/sum_s8') > 200, kernels.join());
  assert.ok(of('mul32/sum_s8') > 100, kernels.join());
  assert.ok(of('mul32/add_s8') > 10, kernels.join());
  await proveGraphs(graphs, { capabilities });
});

test('ADD refuses what TFLM refuses, all problems at once', () => {
  assert.deepEqual(problems(spec(1), spec(0.5), spec(0.25)), []);
  // The output multiplier 2 · 1 / (2^20 · scale) is not below 1.
  assert.deepEqual(problems(spec(1), spec(0.5), spec(2 ** -19)), ['quantization']);
  assert.deepEqual(problems(spec(1), spec(1, [2, 4]), { ...spec(1), quantization: undefined }), [
    'op-shape',
    'quantization',
  ]);
  assert.deepEqual(problems(spec(1), { ...spec(1), dtype: 'int16' }, spec(1)), ['op-dtypes']);
  assert.deepEqual(problems(spec(1), spec(1), spec(1, [3, 2])), ['op-shape']);
  const int32 = { dtype: 'int32', shape: [2], quantization: perTensor(1, 0) } as const;
  assert.deepEqual(problems(int32, int32, int32), ['quantization']);
});
