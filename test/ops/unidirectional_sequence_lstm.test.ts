import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { importTflite } from '../../src/importers/tflite/import.js';
import { openTflite } from '../../src/runtimes/tfjs_tflite.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { lstmGraph } from '../property/arbitraries/lstm.js';
import { checkProperty } from '../property/harness.js';

test('UNIDIRECTIONAL_SEQUENCE_LSTM: the emitted C equals the simulator, from sample to sample', () =>
  checkProperty(lstmGraph, { runs: 60, samples: 4 }));

/** One unit over one input; the gates see the input by `w` and the past by `r`. */
function graphOf(steps: number): Graph {
  const b = graphBuilder('lstm');
  const float = (name: string, shape: number[], value: number) =>
    b.constant(name, { dtype: 'float32', shape, data: Float32Array.of(value) });
  const state = (name: string) => b.state(name, { dtype: 'float32', shape: [1, 1] });
  const operands = [
    b.input('x', { dtype: 'float32', shape: [1, steps, 1] }),
    ...[0.5, -0.25, 1, 2].map((w, i) => float(`w${i}`, [1, 1], w)),
    ...[0.1, 0.2, 0.3, 0.4].map((r, i) => float(`r${i}`, [1, 1], r)),
    -1,
    -1,
    -1,
    ...[0, 1, 0, -0.5].map((v, i) => float(`b${i}`, [1], v)),
    -1,
    -1,
    state('hidden'),
    state('cell'),
    ...[-1, -1, -1, -1],
  ];
  const attributes = { activation: 'TANH', cellClip: 0, timeMajor: false } as const;
  return b.build(
    b.op('UNIDIRECTIONAL_SEQUENCE_LSTM', 'y', operands, attributes, {
      dtype: 'float32',
      shape: [1, steps, 1],
    }),
  );
}

/** The textbook's cell in double. */
function reference(xs: readonly number[]): number[] {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  let [h, c] = [0, 0];
  return xs.map((x) => {
    const forget = sigmoid(-0.25 * x + 0.2 * h + 1);
    c = forget * c + sigmoid(0.5 * x + 0.1 * h) * Math.tanh(x + 0.3 * h);
    h = sigmoid(2 * x + 0.4 * h - 0.5) * Math.tanh(c);
    return h;
  });
}

test('a sequence in one inference, and in inferences of one step each, is the same', () => {
  const xs = [1, -0.5, 2, 0.25, -3];
  const expected = reference(xs);
  const whole = createSimulator(graphOf(xs.length));
  whole.setInputs(new Uint8Array(Float32Array.from(xs).buffer));
  whole.run();
  const answers = new Float32Array(whole.outputs().buffer);
  answers.forEach((y, i) => {
    assert.ok(Math.abs(y - expected[i]!) < 1e-6, `step ${i}: ${y}, not ${expected[i]}`);
  });
  const single = createSimulator(graphOf(1));
  const stream = () =>
    xs.map((x) => {
      single.setInputs(new Uint8Array(Float32Array.of(x).buffer));
      single.run();
      return new Float32Array(single.outputs().buffer)[0];
    });
  assert.deepEqual(stream(), [...answers]);
  single.reset();
  assert.deepEqual(stream(), [...answers]);
});

test('one that restarts forgets between inferences, also behind a .tflite and in TensorFlow Lite', async () => {
  const xs = [1, -0.5, 2];
  const kept = graphOf(xs.length);
  const ops = kept.ops.map((op) => ({ ...op, attributes: { ...op.attributes, restarts: true } }));
  const restarting = { ...kept, ops } as Graph;
  const read = importTflite(exportTflite(restarting), { name: 'lstm' });
  assert.deepEqual(read.diagnostics, []);
  assert.deepEqual(read.graph.ops, restarting.ops);
  const simulator = createSimulator(read.graph);
  simulator.setInputs(new Uint8Array(Float32Array.from(xs).buffer));
  const answers = [0, 1].map(() => {
    simulator.run();
    return new Float32Array(simulator.outputs().buffer);
  });
  assert.deepEqual(answers[1], answers[0]);
  const runtime = await openTflite(exportTflite(restarting));
  for (let i = 0; i < 2; i++) {
    const [theirs] = await runtime.run([Float32Array.from(xs)]);
    answers[0]!.forEach((y, k) => {
      assert.ok(Math.abs(y - Number(theirs!.data[k])) < 1e-6, `run ${i}: ${theirs!.data}`);
    });
  }
  await runtime.close();
  const uneven = restarting.tensors.map((t) =>
    t.name === 'cell' ? { ...t, initial: Float32Array.of(0.3) } : t,
  );
  assert.deepEqual(
    checkGraph({ ...restarting, tensors: uneven }).map((p) => p.message),
    ['restarts from the state "cell", whose bytes differ'],
  );
});

test('UNIDIRECTIONAL_SEQUENCE_LSTM: every reason against it is given', () => {
  const graph = graphOf(2);
  const [op] = graph.ops;
  const changed = (inputs: readonly number[], attributes: object) =>
    checkGraph({
      ...graph,
      ops: [{ ...op, inputs, attributes: { ...op!.attributes, ...attributes } }] as never,
    });
  const peephole = op!.inputs.map((t, i) => (i === 9 ? op!.inputs[12]! : t));
  assert.deepEqual(
    changed(peephole, { activation: 'RELU' }).map((p) => p.message),
    ['has peephole weights, which is not supported', "has the activation RELU; the cell gate's is TANH"],
  );
  const coupled = op!.inputs.map((t, i) => (i === 1 || i === 18 ? -1 : t));
  assert.deepEqual(
    changed(coupled, {}).map((p) => p.message),
    ["lacks its input gate's weights", 'lacks its hidden state'],
  );
  const stateless = graph.tensors.map((t) =>
    t.name === 'cell' ? { ...t, initial: undefined, data: new Float32Array(1) } : t,
  );
  assert.deepEqual(
    checkGraph({ ...graph, tensors: stateless }).map((p) => p.code),
    ['op-state'],
  );
});
