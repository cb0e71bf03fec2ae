/**
 * The overlap that convolutions allow, portable ones and those in bands, played through: output and input in one memory, every read
 * and write in the order of TFLM's loops, written here once more from their definition. At the given lead no
 * value is read after it was overwritten; one element less and one is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Kernel } from '../../codegen/kernel.js';
import { mul32DepthwiseConv2d } from '../../codegen/kernels/mul32/depthwise_conv_2d_s8.js';
import { portableConv2d } from '../../codegen/kernels/portable/conv_2d.js';
import { portableDepthwiseConv2d } from '../../codegen/kernels/portable/depthwise_conv_2d.js';
import { portableFullyConnected } from '../../codegen/kernels/portable/fully_connected.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { type Conv2dParameters, conv2dParameters } from '../../src/ops/conv_2d.js';
import type { Image } from '../../src/ops/convolution.js';
import {
  type DepthwiseConv2dParameters,
  depthwiseConv2dParameters,
} from '../../src/ops/depthwise_conv_2d.js';
import { fullyConnectedParameters } from '../../src/ops/fully_connected.js';
import type { Capability } from '../../targets/target.js';
import { wideDepthwiseGraph } from '../kernels/wide_depthwise.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';

/** For each output element in order, the input elements that it reads. */
type Reads = number[][];

const contextOf = (capability: Capability) => ({
  ...{ capabilities: [capability], label: 'layer', index: 0 },
  ...{ cost: () => undefined, work: {} },
});

function leadBytes<P>(kernels: readonly Kernel<P>[], parameters: P): number {
  const kernel = kernels.find((k) => k.accepts(parameters));
  assert.ok(kernel);
  const { overlaps } = kernel.lower(parameters, { ...contextOf('portable'), scratchBytes: 0 });
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

/** One stretch of a kernel's work: it reads, then it writes. Elements of input and output. */
interface Step {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

function stepsIntact(steps: readonly Step[], lead: number): boolean {
  const overwritten = new Set<number>();
  return steps.every(({ reads, writes }) => {
    const alive = reads.every((r) => !overwritten.has(lead + r));
    for (const w of writes) overwritten.add(w);
    return alive;
  });
}

/** Bands of rows; in a band channel after channel, whose rows are gathered before its outputs are written. */
function bandSteps(p: DepthwiseConv2dParameters, rows: number): Step[] {
  const { input, output } = p;
  const below = (p.filter.height - 1) * p.dilation.height;
  const steps: Step[] = [];
  const elements = (image: Image, b: number, from: number, to: number, c: number) => {
    const first = b * image.height + Math.max(from, 0);
    const count = Math.max(Math.min(to, image.height) - Math.max(from, 0), 0) * image.width;
    return Array.from({ length: count }, (_, i) => (first * image.width + i) * image.channels + c);
  };
  for (let b = 0; b < p.batch; b++) {
    for (let top = 0; top < output.height; top += rows) {
      const end = Math.min(top + rows, output.height);
      const [from, to] = [top, end - 1].map((y) => y * p.stride.height - p.padding.top);
      for (let c = 0; c < output.channels; c++) {
        const reads = elements(input, b, from!, to! + below + 1, c);
        steps.push({ reads, writes: elements(output, b, top, end, c) });
      }
    }
  }
  return steps;
}

test('DEPTHWISE_CONV_2D in bands, with any scratch', () => {
  const context = contextOf('mul32');
  const seen = { inPlaceInBands: 0, shifted: 0 };
  fc.assert(
    fc.property(
      wideDepthwiseGraph,
      fc.constantFrom(0, 1500, 4000, Number.POSITIVE_INFINITY),
      (graph, scratchBytes) => {
        const p = depthwiseConv2dParameters(graph.ops[0] as Op<'DEPTHWISE_CONV_2D'>, graph);
        if (!mul32DepthwiseConv2d.accepts(p)) return;
        const { overlaps, why } = mul32DepthwiseConv2d.lower(p, { ...context, scratchBytes });
        const rows = Number(/bands of (\d+) rows/.exec(why!)![1]);
        const steps = bandSteps(p, rows);
        const { lead, exact } = overlaps[0]!;
        assert.ok(stepsIntact(steps, lead), `lead ${lead} is too small`);
        if (exact && rows < p.output.height) seen.inPlaceInBands++;
        if (exact || lead === 0) return;
        seen.shifted++;
        assert.ok(!stepsIntact(steps, lead - 1), `lead ${lead} is larger than needed`);
      },
    ),
    { seed: 1, numRuns: 120 },
  );
  assert.ok(seen.inPlaceInBands > 10 && seen.shifted > 5, JSON.stringify(seen));
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
