/** Activations of integer graphs, fused where that is exact. Float graphs: passes.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { perTensor } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { foldActivation } from '../../src/passes/fold_activation.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { proveSame } from './prove.js';

const activations = ['RELU', 'RELU6', 'RELU_N1_TO_1'] as const;

/** The graph of one op with an activation behind it, of the same scale and zero point or of others. */
function activated(graph: Graph, type: (typeof activations)[number], rescaled: boolean): Graph {
  const [op, output] = [graph.ops[0]!, graph.tensors[graph.outputs[0]!]!];
  const quantization = rescaled && output.quantization ? perTensor(0.01, 5) : output.quantization;
  const last = graph.tensors.length;
  return {
    ...graph,
    tensors: [...graph.tensors, { ...output, name: 'activated', ...(quantization && { quantization }) }],
    ops: [
      { ...op, attributes: { ...op.attributes, activation: 'NONE' } } as AnyOp,
      { type, name: 'activated', inputs: op.outputs, outputs: [last], attributes: {} } as AnyOp,
    ],
    outputs: [last],
  };
}

test('behind every op that can clamp, of every type: one op where scales agree, two where they do not', () => {
  const arbitraries = [
    conv2dGraph,
    depthwiseConv2dGraph,
    fullyConnectedGraph,
    binaryGraph('ADD', ['int8', 'int16', 'float32']),
    binaryGraph('SUB', ['int8', 'int16', 'float32']),
    binaryGraph('MUL', ['int8', 'int16', 'float32']),
    poolGraph('AVERAGE_POOL_2D'),
    poolGraph('MAX_POOL_2D'),
  ];
  for (const arbitrary of arbitraries) {
    const counts = { fused: 0, kept: 0 };
    fc.sample(arbitrary, { numRuns: 24, seed: 1 }).forEach((graph, i) => {
      const before = activated(graph, activations[i % 3]!, i % 4 === 3);
      // Not every activation takes every type and zero point.
      if (checkGraph(before).length > 0) return;
      const after = proveSame(before, foldActivation(before), { samples: 3 });
      counts[after.ops.length === 1 ? 'fused' : 'kept']++;
    });
    assert.ok(counts.fused >= 5 && counts.kept >= 1, JSON.stringify(counts));
  }
});
