import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder } from '../../src/graph/build.js';
import { foldBias } from '../../src/passes/fold_bias.js';
import { createSimulator } from '../../src/simulator/simulator.js';

/** A dense layer, with or without a bias of its own, and an ADD of a constant behind it. */
function dense(constant: Float32Array, shape: readonly number[], own: boolean) {
  const g = graphBuilder('dense');
  const x = g.input('x', { dtype: 'float32', shape: [2, 3] });
  const weights = g.constant('w', {
    dtype: 'float32',
    shape: [2, 3],
    data: Float32Array.of(1, 2, 3, -1, 0.5, 4),
  });
  const bias = own ? [g.constant('b', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 1) })] : [];
  const output = { dtype: 'float32', shape: [2, 2] } as const;
  const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  const y = g.op('FULLY_CONNECTED', 'y', [x, weights, ...bias], attributes, output);
  const c = g.constant('c', { dtype: 'float32', shape, data: constant });
  return g.build(g.op('ADD', 'sum', [c, y], { activation: 'RELU' }, output));
}

function answers(graph: ReturnType<typeof dense>): number[] {
  const simulator = createSimulator(graph);
  (simulator.memory[graph.inputs[0]!] as Float32Array).set([0.5, -1, 2, 3, 0.25, -2]);
  simulator.run();
  return [...(simulator.memory[graph.outputs[0]!] as Float32Array)];
}

test('an ADD of one constant a channel becomes the bias, with its activation and name', () => {
  for (const [constant, shape] of [
    [Float32Array.of(0.5, -0.25), [1, 2]],
    [Float32Array.of(0.75), []],
  ] as const) {
    const before = dense(constant, shape, false);
    const after = foldBias(before);
    assert.deepEqual(
      after.ops.map((op) => [op.type, op.name]),
      [['FULLY_CONNECTED', 'sum']],
    );
    assert.deepEqual(answers(after), answers(before));
  }
});

test('an ADD stays behind a layer that has a bias, and where its constant varies along another axis', () => {
  const own = dense(Float32Array.of(0.5, -0.25), [2], true);
  assert.equal(foldBias(own), own);
  const rows = dense(Float32Array.of(0.5, -0.25), [2, 1], false);
  assert.equal(foldBias(rows), rows);
});
