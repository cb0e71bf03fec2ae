/** LSTM, GRU and RNN against ONNX Runtime, and in C. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Graph } from '../../src/graph/graph.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';
import { type OnnxWriter, onnxWriter } from '../support/onnx_writer.js';
import { sameAsOnnxRuntime } from './onnx_cases.js';

const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);
const [steps, features, units] = [4, 4, 3];
/** Proved in C at the end, all in one program. */
const proved: Graph[] = [];
const gates = { LSTM: 4, GRU: 3, RNN: 1 } as const;
type Type = keyof typeof gates;

interface Options {
  readonly batch?: number;
  readonly attributes?: Readonly<Record<string, string | number | object>>;
  /** Inputs from the fifth on: lengths, initial states, peepholes. */
  readonly more?: (w: OnnxWriter) => string[];
  /** Which of Y, Y_h and Y_c are outputs, with an Identity behind them. */
  readonly read?: readonly number[];
  readonly bias?: boolean;
}

/** A model of one such node; outputs are flattened, so that no layout is in doubt. */
function modelOf(type: Type, options: Options = {}): Uint8Array {
  const { batch = 1, attributes = {}, more = () => [], read = [0], bias = true } = options;
  const w = onnxWriter({ opset: 14 });
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = gates[type] * units;
  const x = w.input('x', attributes.layout === 1 ? [batch, steps, features] : [steps, batch, features]);
  const inputs = [
    x,
    w.weights([directions, rows, features], 0.9),
    w.weights([directions, rows, units], 0.9),
    bias ? w.weights([directions, 2 * rows], 0.5) : '',
    ...more(w),
  ];
  const outputs = w.nodes(type, inputs, { hidden_size: units, ...attributes }, type === 'LSTM' ? 3 : 2);
  return w.bytes(...read.map((i) => w.node('Reshape', [outputs[i]!, w.integers([1, -1])])));
}

function check(type: Type, options: Options = {}): Promise<Graph> {
  return sameAsOnnxRuntime(modelOf(type, options), { x: [steps, options.batch ?? 1, features] });
}

const directions = ['forward', 'reverse', 'bidirectional'];

test('LSTM of sigmoid and tanh is one operator a direction, and begins every inference from zeros', async () => {
  for (const direction of directions) {
    proved[0] = await check('LSTM', { batch: 2, attributes: { direction }, read: [0, 1] });
    const graph = await check('LSTM', { attributes: { direction }, read: [0, 1], bias: false });
    const both = direction === 'bidirectional';
    assert.equal(typesOf(graph).filter((t) => t === 'UNIDIRECTIONAL_SEQUENCE_LSTM').length, both ? 2 : 1);
  }
  const last = await check('LSTM', { attributes: { direction: 'reverse' }, read: [1] });
  assert.equal(typesOf(last).filter((t) => t === 'REVERSE_V2').length, 1);
  const simulator = createSimulator(last);
  (simulator.memory[last.inputs[0]!] as Float32Array).fill(0.5);
  const answers = [0, 1].map(() => {
    simulator.run();
    return simulator.outputs();
  });
  assert.deepEqual(answers[1], answers[0]);
});

test('LSTM step by step: its cell state, initial states, peepholes, other activations', async () => {
  const weights = (w: OnnxWriter, n: number) => w.weights([n, 1, units], 0.8);
  const graphs = [
    await check('LSTM', { read: [0, 1, 2] }),
    await check('LSTM', { batch: 2, attributes: { direction: 'bidirectional' }, read: [0, 1, 2] }),
    await check('LSTM', { more: (w) => ['', weights(w, 1), weights(w, 1)], read: [0, 2] }),
    await check('LSTM', {
      attributes: { direction: 'bidirectional' },
      more: (w) => ['', weights(w, 2), weights(w, 2), w.weights([2, 3 * units], 0.7)],
      read: [0, 1, 2],
    }),
    await check('LSTM', { more: (w) => ['', '', weights(w, 1)] }),
  ];
  for (const graph of graphs) assert.ok(!typesOf(graph).includes('UNIDIRECTIONAL_SEQUENCE_LSTM'));
  proved.push(graphs[3]!);
});

test('an LSTM that is given its state and gives it back', async () => {
  const w = onnxWriter({ opset: 14 });
  const [x, h, c] = [w.input('x', [1, 1, 4]), w.input('h', [1, 1, 3]), w.input('c', [1, 1, 3])];
  const inputs = [x, w.weights([1, 12, 4]), w.weights([1, 12, 3]), '', '', h, c];
  const outputs = w.nodes('LSTM', inputs, { hidden_size: 3 }, 3);
  const graph = await sameAsOnnxRuntime(w.bytes(...outputs.slice(1)), {
    x: [1, 1, 4],
    h: [1, 1, 3],
    c: [1, 1, 3],
  });
  assert.equal(graph.outputs.length, 2);
});

test('GRU with the reset gate before and behind the recurrent weights', async () => {
  const graphs: Graph[] = [];
  for (const linear_before_reset of [0, 1]) {
    for (const direction of directions) {
      const attributes = { direction, linear_before_reset };
      graphs.push(await check('GRU', { batch: 2, attributes, read: [0, 1] }));
    }
    const more = (w: OnnxWriter) => ['', w.weights([1, 1, units], 0.8)];
    graphs.push(await check('GRU', { attributes: { linear_before_reset }, more, read: [1] }));
  }
  proved.push(graphs[4]!, graphs[7]!);
});

test('RNN of every activation', async () => {
  for (const direction of directions)
    proved[4] = await check('RNN', { batch: 2, attributes: { direction }, read: [0, 1] });
  const count = typesOf(await check('RNN')).filter((t) => t === 'FULLY_CONNECTED').length;
  assert.equal(count, steps);
});

test('layout 1, which ONNX Runtime refuses, is layout 0 with the batch in front', () => {
  const direction = 'bidirectional';
  const xs = Float32Array.from({ length: 2 * steps * features }, (_, i) => Math.sin(i));
  /** [a, b, ...] → [b, a, ...]. */
  const swapped = (values: Float32Array, a: number, b: number) =>
    values.map((_, i) => {
      const size = values.length / (a * b);
      const [rest, to] = [i % size, Math.floor(i / size)];
      return values[((to % a) * b + Math.floor(to / a)) * size + rest]!;
    });
  const answer = (layout: number, type: Type, x: Float32Array) => {
    const attributes = { direction, layout };
    const bytes = modelOf(type, { batch: 2, attributes, read: type === 'LSTM' ? [0, 1, 2] : [0, 1] });
    const graph = importModel(bytes, { name: 'm' });
    const simulator = createSimulator(graph);
    (simulator.memory[graph.inputs[0]!] as Float32Array).set(x);
    simulator.run();
    return graph.outputs.map((t) => (simulator.memory[t] as Float32Array).slice());
  };
  for (const type of ['LSTM', 'GRU', 'RNN'] as const) {
    const wanted = answer(0, type, xs);
    const [y, ...states] = answer(1, type, swapped(xs, steps, 2));
    // [N, T, D, H] → [T, N, D, H]; [T, D, N, H] → the same, step by step.
    const size = 2 * 2 * units;
    const steppedWanted = Array.from({ length: steps }, (_, t) =>
      swapped(wanted[0]!.subarray(t * size, (t + 1) * size), 2, 2),
    );
    assert.deepEqual(
      [...swapped(y!, 2, steps)],
      steppedWanted.flatMap((part) => [...part]),
    );
    states.forEach((state, i) => {
      assert.deepEqual(swapped(state, 2, 2), wanted[i + 1]);
    });
  }
});

test('as PyTorch writes it with the batch first: no TRANSPOSE', async () => {
  const w = onnxWriter({ opset: 14 });
  const x = w.input('x', [1, steps, features]);
  const zeros = w.floats(new Array(2 * units).fill(0), [2, 1, units]);
  const [y] = w.nodes(
    'LSTM',
    [
      w.node('Transpose', [x], { perm: [1, 0, 2] }),
      w.weights([2, 4 * units, features]),
      w.weights([2, 4 * units, units]),
      w.weights([2, 8 * units], 0.5),
      '',
      zeros,
      zeros,
    ],
    { hidden_size: units, direction: 'bidirectional' },
    3,
  );
  const beside = w.node('Reshape', [
    w.node('Transpose', [y!], { perm: [0, 2, 1, 3] }),
    w.integers([0, 0, -1]),
  ]);
  const back = w.node('Transpose', [beside], { perm: [1, 0, 2] });
  const last = w.node('Gather', [back, w.integers([-1], [])], { axis: 1 });
  const graph = await sameAsOnnxRuntime(w.bytes(w.node('Gemm', [last, w.weights([6, 2])])), {
    x: [1, steps, features],
  });
  assert.ok(!typesOf(graph).includes('TRANSPOSE'), typesOf(graph).join());
});

test('what cannot be read is refused with the reason', () => {
  const reasons = (type: Type, options: Options) =>
    inspectModel(modelOf(type, options), { name: 'm' })
      .diagnostics.filter((d) => d.code === 'unsupported-op')
      .map((d) => d.message);
  assert.match(
    reasons('LSTM', { attributes: { clip: { float: 3 } } }).join(),
    /LSTM: clips what its gates see/,
  );
  assert.match(reasons('LSTM', { attributes: { input_forget: 1 } }).join(), /couples its input and forget/);
  assert.match(
    reasons('GRU', { more: (w) => [w.integers([3])] }).join(),
    /takes sequences of other lengths than the 4 steps/,
  );
  const w = onnxWriter({ opset: 14 });
  const x = w.input('x', [200, 1, 2]);
  const [y] = w.nodes('GRU', [x, w.weights([1, 9, 2]), w.weights([1, 9, 3])], { hidden_size: 3 }, 2);
  const { diagnostics } = inspectModel(w.bytes(y!), { name: 'm' });
  assert.match(diagnostics.map((d) => d.message).join(), /at most 109 steps are/);
});

test('the emitted C equals the simulator', () => proveGraphs(proved));
