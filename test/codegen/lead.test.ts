/**
 * The overlap that the portable convolutions allow, played through: output and input in one memory, every read
 * and write in the order of TFLM's loops, written here once more from their definition. At the given lead no
 * value is read after it was overwritten; one element less and one is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Kernel } from '../../codegen/kernel.js';
import { portableConv2d } from '../../codegen/kernels/portable/conv_2d.js';
import { portableDepthwiseConv2d } from '../../codegen/kernels/portable/depthwise_conv_2d.js';
import { portableFullyConnected } from '../../codegen/kernels/portable/fully_connected.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { type Conv2dParameters, conv2dParameters } from '../../src/ops/conv_2d.js';
import { depthwiseConv2dParameters } from '../../src/ops/depthwise_conv_2d.js';
import { fullyConnectedParameters } from '../../src/ops/fully_connected.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';

/** For each output element in order, the input elements that it reads. */
type Reads = number[][];

function leadBytes<P>(kernels: readonly Kernel<P>[], parameters: P): number {
  const kernel = kernels.find((k) => k.accepts(parameters));
  assert.ok(kernel);
  const context = { capabilities: ['portable' as const], label: 'layer', index: 0, scratchBytes: 0 };
  const { overlaps } = kernel.lower(parameters, context);
  assert.deepEqual(
    overlaps.map((o) => o.input),
    [0],
  );
  return overlaps[0]!.lead;
}

/** Is every value still there when it is read, the output starting `lead` elements before the input? */
function intact(reads: Reads, lead: number): boolean {
  const overwritten = new Set<number>();
  return reads.every((elements, i) => {
    const alive = elements.every((r) => !overwritten.has(lead + r));
    overwritten.add(i);
    return alive;
  });
}

function windowReads(p: Omit<Conv2dParameters, 'groups'>, channelsOf: (output: number) => number[]): Reads {
  const reads: Reads = [];
  for (let b = 0; b < p.batch; b++) {
    for (let y = 0; y < p.output.height; y++) {
      for (let x = 0; x < p.output.width; x++) {
        for (let o = 0; o < p.output.channels; o++) {
          const elements: number[] = [];
          for (let ky = 0; ky < p.filter.height; ky++) {
            for (let kx = 0; kx < p.filter.width; kx++) {
              const row = y * p.stride.height - p.padding.top + ky * p.dilation.height;
              const column = x * p.stride.width - p.padding.left + kx * p.dilation.width;
              if (row < 0 || row >= p.input.height || column < 0 || column >= p.input.width) continue;
              const pixel = (b * p.input.height + row) * p.input.width + column;
              elements.push(...channelsOf(o).map((c) => pixel * p.input.channels + c));
            }
          }
          reads.push(elements);
        }
      }
    }
  }
  return reads;
}

function prove(graphs: fc.Arbitrary<Graph>, of: (graph: Graph) => { lead: number; reads: Reads }): void {
  let positive = 0;
  fc.assert(
    fc.property(graphs, (graph) => {
      const { lead, reads } = of(graph);
      const bytes = { int8: 1, int16: 2, float32: 4 }[graph.tensors[graph.inputs[0]!]!.dtype as 'int8'];
      assert.ok(Number.isInteger(lead / bytes));
      assert.ok(intact(reads, lead / bytes), `lead ${lead} is too small`);
      if (lead === 0) return;
      positive++;
      assert.ok(!intact(reads, lead / bytes - 1), `lead ${lead} is larger than needed`);
    }),
    { seed: 1, numRuns: 300 },
  );
  assert.ok(positive > 100);
}

test('CONV_2D', () => {
  prove(conv2dGraph, (graph) => {
    const p = conv2dParameters(graph.ops[0] as Op<'CONV_2D'>, graph);
    const perGroup = p.output.channels / p.groups;
    const channels = (o: number) =>
      Array.from({ length: p.filter.channels }, (_, c) => Math.floor(o / perGroup) * p.filter.channels + c);
    return { lead: leadBytes(portableConv2d, p), reads: windowReads(p, channels) };
  });
});

test('DEPTHWISE_CONV_2D', () => {
  prove(depthwiseConv2dGraph, (graph) => {
    const p = depthwiseConv2dParameters(graph.ops[0] as Op<'DEPTHWISE_CONV_2D'>, graph);
    const reads = windowReads(p, (o) => [Math.floor(o / p.depthMultiplier)]);
    return { lead: leadBytes(portableDepthwiseConv2d, p), reads };
  });
});

test('FULLY_CONNECTED', () => {
  prove(fullyConnectedGraph, (graph) => {
    const p = fullyConnectedParameters(graph.ops[0] as Op<'FULLY_CONNECTED'>, graph);
    const reads = Array.from({ length: p.batch * p.outputs }, (_, i) =>
      Array.from({ length: p.inputs }, (_, k) => Math.floor(i / p.outputs) * p.inputs + k),
    );
    return { lead: leadBytes(portableFullyConnected, p), reads };
  });
});

test('a 1×1 convolution from 8 to 8 channels needs 7 bytes: one pixel, but for its last channel', () => {
  const p: Conv2dParameters = {
    dtype: 'int8',
    batch: 1,
    input: { height: 3, width: 4, channels: 8 },
    output: { height: 3, width: 4, channels: 8 },
    filter: { height: 1, width: 1, channels: 8 },
    groups: 1,
    stride: { height: 1, width: 1 },
    dilation: { height: 1, width: 1 },
    padding: { top: 0, left: 0 },
    inputOffset: 0,
    outputOffset: 0,
    multiplier: new Int32Array(8),
    shift: new Int32Array(8),
    activation: { min: -128, max: 127 },
    weights: new Int8Array(64),
    weightsDtype: 'int8',
    accumulator: 'int32',
  };
  assert.equal(leadBytes(portableConv2d, p), 7);
});
