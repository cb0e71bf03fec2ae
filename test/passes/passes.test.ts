import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementCount } from '../../src/graph/access.js';
import { type GraphBuilder, graphBuilder, type TensorIndex } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Shape } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import { foldActivation } from '../../src/passes/fold_activation.js';
import { foldBatchNorm } from '../../src/passes/fold_batch_norm.js';
import { removeDeadOps } from '../../src/passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../src/passes/remove_unused_tensors.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { fixtures } from '../support/models.js';

const rng = random(7);
const values = (shape: Shape, scale = 1) =>
  Float32Array.from({ length: elementCount(shape) }, () => scale * (2 * rng.next() - 1));
const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
const constant = (g: GraphBuilder, name: string, shape: Shape) =>
  g.constant(name, { ...float(...shape), data: values(shape) });
const window = {
  padding: 'SAME',
  stride: { height: 2, width: 1 },
  dilation: { height: 1, width: 1 },
} as const;

/** The three ops with weights, over the same input [1, 4, 4, 2]; each gives 6 channels. */
const weighted = {
  CONV_2D: (g: GraphBuilder, x: TensorIndex, bias: boolean, activation: FusedActivation = 'NONE') => {
    const inputs = [x, constant(g, 'w', [6, 3, 3, 2]), ...(bias ? [constant(g, 'b', [6])] : [])];
    return g.op('CONV_2D', 'product', inputs, { ...window, activation }, float(1, 2, 4, 6));
  },
  DEPTHWISE_CONV_2D: (
    g: GraphBuilder,
    x: TensorIndex,
    bias: boolean,
    activation: FusedActivation = 'NONE',
  ) => {
    const inputs = [x, constant(g, 'w', [1, 3, 3, 6]), ...(bias ? [constant(g, 'b', [6])] : [])];
    const attributes = { ...window, activation, depthMultiplier: 3 };
    return g.op('DEPTHWISE_CONV_2D', 'product', inputs, attributes, float(1, 2, 4, 6));
  },
  FULLY_CONNECTED: (g: GraphBuilder, x: TensorIndex, bias: boolean, activation: FusedActivation = 'NONE') => {
    const inputs = [x, constant(g, 'w', [6, 32]), ...(bias ? [constant(g, 'b', [6])] : [])];
    const attributes = { activation, keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
    return g.op('FULLY_CONNECTED', 'product', inputs, attributes, float(1, 6));
  },
} as const;
const types = Object.keys(weighted) as (keyof typeof weighted)[];
const start = () => {
  const g = graphBuilder('g');
  return { g, x: g.input('x', float(1, 4, 4, 2)) };
};

function answers(graph: Graph, seed = 1): Float32Array[] {
  assert.deepEqual(checkGraph(graph), []);
  const simulator = createSimulator(graph);
  const source = random(seed);
  for (const t of graph.inputs) {
    const memory = simulator.memory[t] as Float32Array;
    for (let i = 0; i < memory.length; i++) memory[i] = 4 * source.next() - 2;
  }
  simulator.run();
  return graph.outputs.map((t) => (simulator.memory[t] as Float32Array).slice());
}

function assertClose(a: Float32Array[], b: Float32Array[]): void {
  const pairs = a.flatMap((output, i) => Array.from(output, (v, j) => [v, b[i]![j]!] as const));
  assert.ok(pairs.length > 0 && pairs.some(([v]) => v !== 0));
  for (const [v, w] of pairs) assert.ok(Math.abs(v - w) <= 1e-5 * (1 + Math.abs(v)), `${v} and ${w}`);
}

for (const type of types) {
  for (const bias of [true, false]) {
    test(`${type} ${bias ? 'with' : 'without'} bias takes in a factor, an addend and the activation after them`, () => {
      const { g, x } = start();
      const product = weighted[type](g, x, bias);
      const { shape } = g.tensor(product);
      const scaled = g.op(
        'MUL',
        'scaled',
        [constant(g, 'm', [6]), product],
        { activation: 'NONE' },
        float(...shape),
      );
      const addend = constant(g, 'a', [1, 1, 6].slice(-shape.length));
      const shifted = g.op('ADD', 'shifted', [scaled, addend], { activation: 'RELU6' }, float(...shape));
      const graph = g.build(shifted);
      const folded = foldBatchNorm(graph);
      assert.deepEqual(
        folded.ops.map((op) => [op.type, op.name]),
        [[type, 'shifted']],
      );
      assert.equal((folded.ops[0]!.attributes as { activation: string }).activation, 'RELU6');
      assertClose(answers(graph), answers(folded));
      assertClose(answers(graph), answers(removeUnusedTensors(folded)));
      assert.equal(removeUnusedTensors(folded).tensors.length, 4);
    });
  }
}

test('one factor for all channels is folded; one that varies within a channel is not', () => {
  const { g, x } = start();
  const product = weighted.CONV_2D(g, x, true);
  const once = g.op(
    'MUL',
    'once',
    [product, constant(g, 'm', [1])],
    { activation: 'NONE' },
    float(1, 2, 4, 6),
  );
  const graph = g.build(
    g.op('MUL', 'varied', [once, constant(g, 'v', [1, 2, 4, 6])], { activation: 'NONE' }, float(1, 2, 4, 6)),
  );
  const folded = foldBatchNorm(graph);
  assert.deepEqual(
    folded.ops.map((op) => op.name),
    ['once', 'varied'],
  );
  assertClose(answers(graph), answers(folded));
});

test('nothing is folded over an activation, a second reader, an output or a second variable', () => {
  const add = (g: GraphBuilder, a: TensorIndex, b: TensorIndex) =>
    g.op('ADD', 'sum', [a, b], { activation: 'NONE' }, float(1, 2, 4, 6));
  const graphs = [
    () => {
      const { g, x } = start();
      return g.build(add(g, weighted.CONV_2D(g, x, true, 'RELU'), constant(g, 'a', [6])));
    },
    () => {
      const { g, x } = start();
      const product = weighted.CONV_2D(g, x, true);
      return g.build(
        add(g, product, constant(g, 'a', [6])),
        g.op('RELU', 'relu', [product], {}, float(1, 2, 4, 6)),
      );
    },
    () => {
      const { g, x } = start();
      const product = weighted.CONV_2D(g, x, true);
      return g.build(add(g, product, constant(g, 'a', [6])), product);
    },
    () => {
      const { g, x } = start();
      return g.build(add(g, weighted.CONV_2D(g, x, true), g.input('y', float(1, 2, 4, 6))));
    },
    () => {
      const { g, x } = start();
      return g.build(
        g.op('ADD', 'sum', [x, constant(g, 'a', [2])], { activation: 'NONE' }, float(1, 4, 4, 2)),
      );
    },
  ];
  for (const make of graphs) {
    const graph = make();
    assert.deepEqual(checkGraph(graph), []);
    assert.equal(foldBatchNorm(graph), graph);
  }
});

for (const [type, activation] of [
  ['RELU', 'RELU'],
  ['RELU6', 'RELU6'],
  ['RELU_N1_TO_1', 'RELU_N1_TO_1'],
] as const) {
  test(`a stand-alone ${type} becomes the fused activation, to the bit`, () => {
    for (const producer of types) {
      const { g, x } = start();
      const product = weighted[producer](g, x, true);
      const graph = g.build(g.op(type, 'relu', [product], {}, float(...g.tensor(product).shape)));
      const folded = foldActivation(graph);
      assert.deepEqual(
        folded.ops.map((op) => [op.type, op.name]),
        [[producer, 'relu']],
      );
      assert.equal((folded.ops[0]!.attributes as { activation: string }).activation, activation);
      assert.deepEqual(answers(folded), answers(graph));
    }
  });
}

test('an activation stays where its input has another activation or another reader', () => {
  const { g, x } = start();
  const clipped = weighted.CONV_2D(g, x, true, 'RELU_N1_TO_1');
  const graph = g.build(g.op('RELU', 'relu', [clipped], {}, float(1, 2, 4, 6)));
  assert.equal(foldActivation(graph), graph);
  const second = start();
  const product = weighted.CONV_2D(second.g, second.x, true);
  const both = second.g.build(second.g.op('RELU', 'relu', [product], {}, float(1, 2, 4, 6)), product);
  assert.equal(foldActivation(both), both);
});

test('ops that nothing reads go, with those that only fed them, and then their tensors', () => {
  const { g, x } = start();
  const kept = weighted.CONV_2D(g, x, true);
  const dead = g.op('RELU', 'dead', [kept], {}, float(1, 2, 4, 6));
  g.op('MUL', 'deader', [dead, constant(g, 'm', [6])], { activation: 'NONE' }, float(1, 2, 4, 6));
  const graph = g.build(kept);
  const alive = removeDeadOps(graph);
  assert.deepEqual(
    alive.ops.map((op) => op.name),
    ['product'],
  );
  const small = removeUnusedTensors(alive);
  assert.deepEqual(
    small.tensors.map((t) => t.name),
    ['x', 'w', 'b', 'product'],
  );
  assert.deepEqual(answers(small), answers(graph));
});

test('integer graphs pass through the rewrites of float graphs untouched', () => {
  for (const make of Object.values(fixtures)) {
    const graph = make('int8');
    for (const pass of [foldBatchNorm, removeDeadOps, removeUnusedTensors]) {
      assert.equal(pass(graph), graph);
    }
  }
});
