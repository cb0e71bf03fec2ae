/**
 * Outputs laid over their inputs as closely as each layer's `lead` allows, to the byte: one byte less of lead than
 * a kernel needs would corrupt what it still has to read, silently.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { byteSize } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { plan } from '../../src/planner/planner.js';
import { host } from '../../targets/host.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { meanGraph, padGraph } from '../property/arbitraries/reduce.js';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { proveGraphs } from '../property/harness.js';

const narrow = (graph: Graph) =>
  graph.tensors.every((t) => t.data || t.dtype === 'int8' || t.dtype === 'uint8');

const graphs = [
  poolGraph('AVERAGE_POOL_2D'),
  poolGraph('MAX_POOL_2D'),
  padGraph,
  meanGraph,
  binaryGraph('ADD', ['int8']),
  unaryGraph('QUANTIZE', [['int8', 'uint8']]),
].flatMap((arbitrary) => fc.sample(arbitrary.filter(narrow), { numRuns: 60, seed: 5 }));

test('the plan lays single-input ops as closely as their lead allows', () => {
  let overlapped = 0;
  for (const graph of graphs) {
    const layers = lower(graph, host);
    const { arenaBytes } = plan(layers, graph, { alignment: 1 });
    if (graph.ops[0]!.type === 'ADD') continue;
    const [input, output] = [graph.tensors[graph.inputs[0]!]!, graph.tensors[graph.outputs[0]!]!].map(
      byteSize,
    );
    const leads = layers[0]!.overlaps.map((o) => o.lead);
    const apart = input! + output!;
    const closest = Math.min(apart, ...leads.map((lead) => Math.max(output!, lead + input!)));
    assert.equal(arenaBytes, closest);
    if (closest < apart) overlapped++;
  }
  assert.ok(overlapped > 200, `only ${overlapped} of ${graphs.length} overlap`);
});

test('with outputs that close, the C equals the simulator', () => proveGraphs(graphs, { alignment: 1 }));

test('a window that looks back needs a lead, one that only looks ahead none', () => {
  const lead = (padding: 'SAME' | 'VALID', stride: number) => {
    const graph = fc.sample(poolGraph('MAX_POOL_2D').filter(narrow), { numRuns: 1, seed: 1 }).map(
      (g): Graph => ({
        ...g,
        tensors: [
          { ...g.tensors[0]!, shape: [1, 5, 4, 2] },
          { ...g.tensors[1]!, shape: [1, 5 / stride, 4, 2] },
        ],
        ops: [
          {
            ...g.ops[0]!,
            type: 'MAX_POOL_2D',
            attributes: {
              padding,
              stride: { height: stride, width: 1 },
              filter: { height: padding === 'SAME' ? 3 : stride, width: 1 },
              activation: 'NONE',
            },
          },
        ],
      }),
    )[0]!;
    return lower(graph, host)[0]!.overlaps[0]!.lead;
  };
  // The row above: 4 pixels of 2 channels.
  assert.equal(lead('SAME', 1), 8);
  assert.equal(lead('VALID', 1), 0);
  assert.equal(lead('VALID', 5), 0);
});
