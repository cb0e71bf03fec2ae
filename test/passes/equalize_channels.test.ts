import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementCount, inputTensor } from '../../src/graph/access.js';
import { type GraphBuilder, graphBuilder, type TensorIndex } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Op, Shape } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import { equalizeChannels } from '../../src/passes/equalize_channels.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { fixtures, ic, kws } from '../support/models.js';
import { unbalanced } from '../support/unbalanced.js';

const rng = random(31);
const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
/** Weights over ten octaves. */
const constant = (g: GraphBuilder, name: string, shape: Shape) =>
  g.constant(name, {
    ...float(...shape),
    data: Float32Array.from({ length: elementCount(shape) }, () => (rng.next() - 0.5) * 2 ** rng.int(-5, 5)),
  });
const one = { height: 1, width: 1 };
const window = { padding: 'SAME', stride: one, dilation: one } as const;

function conv(g: GraphBuilder, name: string, x: TensorIndex, filter: Shape, activation: FusedActivation) {
  const inputs = [x, constant(g, `${name}_w`, filter), constant(g, `${name}_b`, [filter[0]!])];
  const [, rows, columns] = g.tensor(x).shape;
  return g.op('CONV_2D', name, inputs, { ...window, activation }, float(1, rows!, columns!, filter[0]!));
}

function dense(g: GraphBuilder, name: string, x: TensorIndex, outputs: number) {
  const inputs = [x, constant(g, `${name}_w`, [outputs, elementCount(g.tensor(x).shape)])];
  const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
  return g.op('FULLY_CONNECTED', name, inputs, attributes, float(1, outputs));
}

function answers(graph: Graph): Float32Array[] {
  assert.deepEqual(checkGraph(graph), []);
  const simulator = createSimulator(graph);
  const source = random(1);
  for (const t of graph.inputs) {
    const memory = simulator.memory[t] as Float32Array;
    for (let i = 0; i < memory.length; i++) memory[i] = 4 * source.next() - 2;
  }
  simulator.run();
  return graph.outputs.map((t) => (simulator.memory[t] as Float32Array).slice());
}

/** Largest weight of each input channel of a layer whose last axis holds them. */
function largestRead(graph: Graph, op: number, channels: number): number[] {
  const largest = new Array<number>(channels).fill(0);
  (inputTensor(graph, graph.ops[op] as Op, 1).data as Float32Array).forEach((w, i) => {
    largest[i % channels] = Math.max(largest[i % channels]!, Math.abs(w));
  });
  return largest;
}

const weightsOf = (graph: Graph, op: number) => inputTensor(graph, graph.ops[op] as Op, 1).data;

test('known networks answer with the same bits', () => {
  for (const graph of [
    kws('float32'),
    ic('float32'),
    unbalanced(6),
    ...Object.values(fixtures).map((f) => f('float32')),
  ]) {
    assert.deepEqual(answers(equalizeChannels(graph)), answers(graph), graph.name);
  }
});

test('a channel’s largest weights end within a factor of two of each other', () => {
  const g = graphBuilder('pair');
  const x = g.input('x', float(1, 4, 4, 3));
  const first = conv(g, 'first', x, [6, 3, 3, 3], 'RELU');
  const graph = g.build(conv(g, 'second', first, [5, 1, 1, 6], 'RELU6'));
  const equalized = equalizeChannels(graph);
  assert.deepEqual(answers(equalized), answers(graph));
  const read = largestRead(equalized, 1, 6);
  const weights = weightsOf(equalized, 0) as Float32Array;
  read.forEach((into, c) => {
    const out = Math.max(...weights.subarray(27 * c, 27 * (c + 1)).map(Math.abs));
    assert.ok(out / into <= 2.0001 && into / out <= 2.0001, `channel ${c}: ${out} and ${into}`);
  });
  assert.deepEqual(equalizeChannels(equalized).tensors.at(-1)!.data, equalized.tensors.at(-1)!.data);
});

test('through pooling, padding, means, flattening and groups the same bits, and the channels change', () => {
  const paddings = (g: GraphBuilder) =>
    g.constant('by', { dtype: 'int32', shape: [4, 2], data: Int32Array.of(0, 0, 1, 0, 0, 1, 0, 0) });
  const pool = {
    padding: 'VALID',
    stride: { height: 2, width: 2 },
    filter: { height: 2, width: 2 },
  } as const;
  const between: Record<string, (g: GraphBuilder, x: TensorIndex) => TensorIndex> = {
    MAX_POOL_2D: (g, x) => g.op('MAX_POOL_2D', 'p', [x], { ...pool, activation: 'RELU' }, float(1, 2, 2, 6)),
    AVERAGE_POOL_2D: (g, x) =>
      g.op('AVERAGE_POOL_2D', 'p', [x], { ...pool, activation: 'NONE' }, float(1, 2, 2, 6)),
    PAD: (g, x) => g.op('PAD', 'p', [x, paddings(g)], {}, float(1, 5, 5, 6)),
    RELU: (g, x) => g.op('RELU', 'p', [x], {}, float(1, 4, 4, 6)),
    MEAN: (g, x) => {
      const axes = g.constant('axes', { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) });
      return g.op('MEAN', 'p', [x, axes], { keepDims: false }, float(1, 6));
    },
    RESHAPE: (g, x) => g.op('RESHAPE', 'p', [x], {}, float(1, 96)),
  };
  for (const [name, op] of Object.entries(between)) {
    const g = graphBuilder(name);
    const x = g.input('x', float(1, 4, 4, 2));
    const middle = op(g, conv(g, 'first', x, [6, 2, 2, 2], 'NONE'));
    const graph = g.build(dense(g, 'last', middle, 3));
    const equalized = equalizeChannels(graph);
    assert.deepEqual(answers(equalized), answers(graph), name);
    assert.notDeepEqual(weightsOf(equalized, 0), weightsOf(graph, 0), name);
  }

  const g = graphBuilder('groups');
  const x = g.input('x', float(1, 4, 4, 2));
  const first = conv(g, 'first', x, [6, 2, 2, 2], 'RELU');
  const grouped = conv(g, 'grouped', first, [9, 1, 2, 2], 'RELU');
  const inputs = [grouped, constant(g, 'dw', [1, 2, 2, 18])];
  const multiplied = { ...window, activation: 'NONE', depthMultiplier: 2 } as const;
  const graph = g.build(g.op('DEPTHWISE_CONV_2D', 'deep', inputs, multiplied, float(1, 4, 4, 18)));
  const equalized = equalizeChannels(graph);
  assert.deepEqual(answers(equalized), answers(graph));
  for (const op of [0, 1, 2]) assert.notDeepEqual(weightsOf(equalized, op), weightsOf(graph, op));
});

test('what is not homogeneous, or read elsewhere too, stays as it is', () => {
  const chain = (
    activation: FusedActivation,
    use: (g: GraphBuilder, first: TensorIndex, last: TensorIndex) => TensorIndex[],
  ) => {
    const g = graphBuilder('chain');
    const x = g.input('x', float(1, 2, 2, 3));
    const first = conv(g, 'first', x, [4, 1, 1, 3], activation);
    return g.build(...use(g, first, conv(g, 'second', first, [4, 1, 1, 4], 'NONE')));
  };
  const alone = (_: GraphBuilder, __: TensorIndex, last: TensorIndex) => [last];
  for (const graph of [
    chain('RELU6', alone),
    chain('RELU_N1_TO_1', alone),
    chain('RELU', (_, first, last) => [first, last]),
    chain('RELU', (g, first, last) => [
      g.op('ADD', 'sum', [first, last], { activation: 'NONE' }, float(1, 2, 2, 4)),
    ]),
  ]) {
    const equalized = equalizeChannels(graph);
    for (const op of [0, 1]) assert.equal(weightsOf(equalized, op), weightsOf(graph, op));
  }
});

test('dead channels keep their weights', () => {
  const g = graphBuilder('dead');
  const x = g.input('x', float(1, 1, 1, 1));
  const w = g.constant('w', { ...float(2, 1, 1, 1), data: Float32Array.of(0, 64) });
  const v = g.constant('v', { ...float(1, 1, 1, 2), data: Float32Array.of(3, 1) });
  const first = g.op('CONV_2D', 'first', [x, w], { ...window, activation: 'RELU' }, float(1, 1, 1, 2));
  const graph = g.build(
    g.op('CONV_2D', 'second', [first, v], { ...window, activation: 'NONE' }, float(1, 1, 1, 1)),
  );
  const equalized = equalizeChannels(graph);
  assert.deepEqual(weightsOf(equalized, 0), Float32Array.of(0, 8));
  assert.deepEqual(weightsOf(equalized, 1), Float32Array.of(3, 8));
});
