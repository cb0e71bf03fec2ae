/** The rv32im kernels: their plain C on the host under sanitizers, and their assembly on the virtual board. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/graph/graph.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { validate } from '../../src/measure/validate.js';
import { rv32imc } from '../../targets/rv32imc.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { proveGraphs } from '../property/harness.js';
import { Network } from '../support/network.js';
import { withoutTools } from '../support/tools.js';
import { withSmallWeights } from './small_weights.js';
import { wideDepthwiseGraph } from './wide_depthwise.js';

const { capabilities } = rv32imc;
const lacking = await withoutTools(rv32imc);

/** The first `count` graphs that an rv32im kernel computes. */
function graphsFor(arbitrary: fc.Arbitrary<Graph>, count: number): Graph[] {
  const ours = (graph: Graph) => lower(graph, rv32imc).some(({ kernel }) => kernel.startsWith('rv32im/'));
  const drawn = fc.sample(arbitrary, { numRuns: 16 * count, seed: 2 }).filter(ours);
  assert.ok(drawn.length >= count, `only ${drawn.length} of ${16 * count} graphs are for rv32im kernels`);
  return drawn.slice(0, count);
}

const operators = {
  CONV_2D: conv2dGraph,
  'CONV_2D of small weights': withSmallWeights(conv2dGraph),
  DEPTHWISE_CONV_2D: depthwiseConv2dGraph,
  'DEPTHWISE_CONV_2D of wide and high images': wideDepthwiseGraph,
  FULLY_CONNECTED: fullyConnectedGraph,
};

for (const [name, arbitrary] of Object.entries(operators)) {
  test(`${name}: the rv32im kernel's plain C equals the simulator, in much scratch and in little`, async () => {
    const graphs = graphsFor(arbitrary, 60);
    await proveGraphs(graphs, { capabilities, optimize: 'speed' });
    await proveGraphs(graphs.slice(0, 30), { capabilities, optimize: 'ram' });
  });
}

/** Tiles of six pixels and of fewer, outputs that make no fours, strides, padding, and weights of more than one segment. */
const networks: Readonly<Record<string, () => Graph>> = {
  convolutions() {
    const n = new Network('convolutions', 'int8', 1);
    let x = n.conv(n.input([2, 9, 7, 3]), 11, { kernel: [3, 2], stride: [2, 1], activation: 'RELU' });
    x = n.conv(x, 4, { kernel: [2, 2], dilation: 2, padding: 'VALID' });
    x = n.conv(x, 160, { kernel: [1, 1], activation: 'RELU6' });
    x = n.conv(x, 21, { kernel: [1, 1], activation: 'RELU' });
    x = n.conv(x, 12, { kernel: [1, 1] });
    return n.build(n.conv(x, 8, { kernel: [3, 3] }));
  },
  'depthwise convolutions'() {
    const n = new Network('depthwise_convolutions', 'int8', 2);
    let x = n.depthwise(n.input([1, 20, 13, 1]), { kernel: [5, 4], multiplier: 6, activation: 'RELU' });
    x = n.depthwise(x, { kernel: [3, 3] });
    x = n.depthwise(x, { kernel: [3, 3], stride: [1, 2], activation: 'RELU' });
    x = n.depthwise(x, { kernel: [3, 3], stride: [2, 1], padding: 'VALID' });
    return n.build(n.depthwise(x, { kernel: [3, 3], stride: [2, 2], activation: 'RELU6' }));
  },
};

for (const [name, network] of Object.entries(networks)) {
  for (const optimize of ['speed', 'ram'] as const) {
    test(`${name} on the virtual rv32imc, for ${optimize}: exact in every tensor`, {
      skip: lacking,
    }, async () => {
      const compiled = compile(network(), rv32imc, { optimize });
      assert.ok(compiled.layers.every(({ kernel }) => kernel.startsWith('rv32im/')));
      const runner = await openRunner({ compiled, target: rv32imc });
      try {
        const { firstMismatch } = await validate(runner, randomSamples(compiled.graph, 2), { tensors: true });
        assert.equal(firstMismatch, null);
      } finally {
        await runner.close();
      }
    });
  }
}

test('long sums: the plain C equals the simulator where weights make several segments', () =>
  proveGraphs([networks.convolutions!()], { capabilities, samples: 6 }));
