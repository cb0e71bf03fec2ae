/** Kernels of packed weights: C under sanitizers, for the host and for mul32, and assembly on an emulated Cortex-M0+. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LowerOptions } from '../../codegen/layer.js';
import { lower } from '../../codegen/lower.js';
import type { Graph } from '../../src/graph/graph.js';
import { host } from '../../targets/host.js';
import { pico } from '../../targets/pico.js';
import type { Capability } from '../../targets/target.js';
import { withoutArm } from '../firmware/arm.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { packable } from '../property/arbitraries/packable.js';
import { proveGraphs } from '../property/harness.js';
import { preferring } from './preferring.js';
import { proveOnCortexM0Plus } from './prove_m0plus.js';
import { wideDepthwiseGraph } from './wide_depthwise.js';

const operators = {
  CONV_2D: conv2dGraph,
  DEPTHWISE_CONV_2D: fc.oneof(depthwiseConv2dGraph, wideDepthwiseGraph),
  FULLY_CONNECTED: fullyConnectedGraph,
};

/** Of the kernel that multiplies what is not 0: none of the others'. */
const sparse = /^mul32\/conv_2d_s8_sparse_packed$/;

/** The first `count` graphs that a kernel of packed weights computes. */
function graphsFor(
  arbitrary: fc.Arbitrary<Graph>,
  capabilities: readonly Capability[],
  kernels: RegExp,
  count: number,
  seed: number,
  options?: LowerOptions,
): Graph[] {
  const packed = (graph: Graph) => {
    const layers = lower(graph, { ...pico, capabilities }, { packWeights: true, ...options });
    return layers.some((layer) => kernels.test(layer.kernel));
  };
  const drawn = fc.sample(packable(arbitrary), { numRuns: 40 * count, seed }).filter(packed);
  assert.ok(drawn.length >= count, `only ${drawn.length} of ${40 * count} graphs are packed`);
  return drawn.slice(0, count);
}

for (const [name, arbitrary] of Object.entries(operators)) {
  test(`${name}: packed weights in portable C equal the simulator`, () => {
    const graphs = graphsFor(arbitrary, host.capabilities, /^portable\/.*_packed$/, 80, 4);
    return proveGraphs(graphs, { packWeights: true });
  });

  test(`${name}: packed weights in the mul32 kernel's plain C equal the simulator`, () => {
    const graphs = graphsFor(arbitrary, pico.capabilities, /^mul32\/.*_packed$/, 60, 5);
    return proveGraphs(graphs, { packWeights: true, capabilities: pico.capabilities });
  });

  test(`${name}: packed weights on a Cortex-M0+ equal the simulator`, { skip: withoutArm }, () => {
    const graphs = graphsFor(arbitrary, pico.capabilities, /_packed$/, 20, 6);
    return proveOnCortexM0Plus(graphs, { packWeights: true });
  });
}

test('CONV_2D of pruned weights: the sparse mul32 kernel equals the simulator, in plain C and on a Cortex-M0+', async (t) => {
  // Where the plain form leaves zeros away too, packing seldom makes it smaller still.
  const options = { cost: preferring('mul32/conv_2d_s8') };
  const graphs = graphsFor(conv2dGraph, pico.capabilities, sparse, 25, 7, options);
  await proveGraphs(graphs, { packWeights: true, capabilities: pico.capabilities, ...options });
  if (withoutArm) t.diagnostic('no Arm compiler: not run on a Cortex-M0+');
  else await proveOnCortexM0Plus(graphs.slice(0, 20), { packWeights: true, ...options });
});
