/** The dsp kernels: their plain C on the host under sanitizers, and their instructions on an emulated Cortex-M33. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import type { Graph } from '../../src/graph/graph.js';
import { host } from '../../targets/host.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { proveGraphs } from '../property/harness.js';
import { withoutCortexM33 } from './m33.js';
import { proveOnCortexM33 } from './prove_m33.js';
import { reluDepthwiseGraph } from './relu_depthwise.js';
import { withSmallWeights } from './small_weights.js';
import { wideDepthwiseGraph } from './wide_depthwise.js';

const capabilities = ['dsp', 'portable'] as const;

/** The first `count` graphs that a dsp kernel computes. */
function graphsFor(arbitrary: fc.Arbitrary<Graph>, count: number, seed: number): Graph[] {
  const ours = (graph: Graph) =>
    lower(graph, { ...host, capabilities }).some((layer) => layer.kernel.startsWith('dsp/'));
  const found: Graph[] = [];
  for (const graph of fc.sample(arbitrary, { numRuns: 60 * count + 200, seed })) {
    if (found.length < count && ours(graph)) found.push(graph);
  }
  assert.equal(found.length, count, 'graphs are for dsp kernels');
  return found;
}

const operators = {
  CONV_2D: [conv2dGraph, 150],
  'CONV_2D of small weights': [withSmallWeights(conv2dGraph), 50],
  DEPTHWISE_CONV_2D: [depthwiseConv2dGraph, 40],
  'DEPTHWISE_CONV_2D of wide and high images': [wideDepthwiseGraph, 30],
  'DEPTHWISE_CONV_2D behind ReLU': [reluDepthwiseGraph, 40],
  FULLY_CONNECTED: [fullyConnectedGraph, 80],
  'FULLY_CONNECTED of small weights': [withSmallWeights(fullyConnectedGraph), 40],
  ADD: [binaryGraph('ADD', ['int8']), 40],
  SUB: [binaryGraph('SUB', ['int8']), 20],
  AVERAGE_POOL_2D: [poolGraph('AVERAGE_POOL_2D'), 20],
} as const;

for (const [name, [arbitrary, count]] of Object.entries(operators)) {
  test(`${name}: the dsp kernel's plain C equals the simulator`, () =>
    proveGraphs(graphsFor(arbitrary, count, 2), { capabilities, optimize: 'speed' }));

  test(`${name}: the dsp kernel on a Cortex-M33 equals the simulator`, { skip: withoutCortexM33 }, () =>
    proveOnCortexM33(graphsFor(arbitrary, Math.ceil(count / 3), 3)),
  );
}
