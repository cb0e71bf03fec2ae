/** Fresh weights: of the right spread, by the seed, and a start from which a network learns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Graph } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { initialize } from '../../src/train/initialize.js';
import { variablesOf } from '../../src/train/variables.js';
import { Network } from '../support/network.js';

function valuesOf(graph: Graph, name: RegExp, role = 'weights'): Float32Array {
  const found = variablesOf(graph).find((v) => v.role === role && name.test(v.name))!;
  return graph.tensors[found.tensor]!.data as Float32Array;
}

function spread(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((n, v) => n + (v - mean) ** 2, 0) / values.length) };
}

function assertSpread(values: Float32Array, deviation: number): void {
  const found = spread(values);
  // Four standard errors of so many normal numbers.
  const error = (4 * deviation) / Math.sqrt(values.length);
  assert.ok(Math.abs(found.mean) < error, `mean ${found.mean}`);
  assert.ok(Math.abs(found.deviation - deviation) < error, `${found.deviation} for ${deviation}`);
}

test('weights before a ReLU have the variance of He, others of Glorot; biases are 0', () => {
  const n = new Network('fresh', 'float32', 1);
  const a = n.conv(n.input([1, 8, 8, 4]), 32, { kernel: [3, 3], activation: 'RELU' });
  const b = n.relu6(n.batchNorm(n.conv(a, 64, { kernel: [3, 3], groups: 4 })));
  const c = n.depthwise(b, { kernel: [5, 5], multiplier: 2 });
  const d = n.dense(n.flatten(n.pool('MAX_POOL_2D', c, { kernel: [2, 2], stride: [2, 2] })), 30);
  const graph = initialize(n.build(n.softmax(d)), 3);
  const layers = variablesOf(graph).filter(({ role }) => role === 'weights');
  const [conv, grouped, depthwise, dense] = layers.map(
    ({ tensor }) => graph.tensors[tensor]!.data as Float32Array,
  );
  assertSpread(conv!, Math.sqrt(2 / (9 * 4)));
  assertSpread(grouped!, Math.sqrt(2 / (9 * 8)));
  // Its outputs go through the pool into a dense layer, without a ReLU.
  assertSpread(depthwise!, Math.sqrt(2 / (25 + 25 * 2)));
  assertSpread(dense!, Math.sqrt(2 / (layers[3]!.shape[1]! + 30)));
  for (const { tensor, role } of variablesOf(graph)) {
    if (role === 'weights') continue;
    const wanted = role === 'scale' ? 1 : 0;
    assert.ok(
      (graph.tensors[tensor]!.data as Float32Array).every((v) => v === wanted),
      role,
    );
  }
});

test('the seed alone decides: not what the weights were', () => {
  const network = (weights: number) => {
    const n = new Network('fresh', 'float32', weights);
    return n.build(n.dense(n.dense(n.input([1, 6]), 8, 'RELU'), 3));
  };
  const [graph, other] = [network(1), network(2)];
  const before = valuesOf(graph, /./).slice();
  const fresh = initialize(graph, 5);
  assert.equal(hashGraph(fresh), hashGraph(initialize(other, 5)));
  assert.equal(hashGraph(fresh), hashGraph(initialize(fresh, 5)));
  assert.notEqual(hashGraph(fresh), hashGraph(initialize(graph, 6)));
  assert.deepEqual(valuesOf(graph, /./), before);
});
