/**
 * How far kernels on the emulated Cortex-M0+, assembly included, really write ahead of their reads: every access of an
 * inference is noted, and no byte may be read after one has been written that the layer's overlap allows to lie there.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Layer } from '../../codegen/layer.js';
import { type Compiled, compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { meanGraph, padGraph } from '../property/arbitraries/reduce.js';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { shareKernels } from '../property/program.js';
import { firstConvGraph } from './before_relu.js';
import { bootCortexM0Plus, type Machine } from './m0plus.js';
import { reluDepthwiseGraph } from './relu_depthwise.js';
import { wideDepthwiseGraph } from './wide_depthwise.js';

interface Traced {
  /** Bytes by which the output has to start before the input. */
  readonly lead: number;
  /** Whether the output may start where the input does. */
  readonly inPlace: boolean;
}

/** What one inference does to input `position` of the only layer. */
function trace(machine: Machine, { sources, plan, graph }: Compiled, position: number): Traced {
  const [op] = graph.ops;
  const arena = machine.addressOf(`${sources.prefix}_arena`);
  const input = plan.tensors[op!.inputs[position]!]!;
  const output = plan.tensors[op!.outputs[0]!]!;
  const written = new Uint8Array(output.bytes);
  let top = Number.NEGATIVE_INFINITY;
  let lead = 0;
  let inPlace = true;
  machine.call(`${sources.prefix}_invoke`, (kind, address, bytes) => {
    const place = kind === 'read' ? input : output;
    for (let i = 0; i < bytes; i++) {
      const byte = address + i - arena - place.offset;
      if (byte < 0 || byte >= place.bytes) continue;
      if (kind === 'write') {
        written[byte] = 1;
        top = Math.max(top, byte);
      } else {
        lead = Math.max(lead, top + 1 - byte);
        if (written[byte]) inPlace = false;
      }
    }
  });
  assert.ok(top >= 0, 'the output is written');
  return { lead, inPlace };
}

const int8 = (graph: Graph) => graph.tensors[graph.inputs[0]!]!.dtype === 'int8';

const arbitraries: readonly (readonly [string, fc.Arbitrary<Graph>])[] = [
  ['CONV_2D', conv2dGraph.filter(int8)],
  ['CONV_2D of few channels before a ReLU', firstConvGraph],
  ['DEPTHWISE_CONV_2D', depthwiseConv2dGraph.filter(int8)],
  ['DEPTHWISE_CONV_2D of wide and high images', wideDepthwiseGraph],
  ['DEPTHWISE_CONV_2D before a ReLU', reluDepthwiseGraph],
  ['FULLY_CONNECTED', fullyConnectedGraph.filter(int8)],
  ['AVERAGE_POOL_2D', poolGraph('AVERAGE_POOL_2D').filter(int8)],
  ['MAX_POOL_2D', poolGraph('MAX_POOL_2D').filter(int8)],
  ['ADD', binaryGraph('ADD', ['int8'])],
  ['PAD', padGraph.filter(int8)],
  ['MEAN', meanGraph.filter(int8)],
  ['QUANTIZE', unaryGraph('QUANTIZE', [['int8', 'uint8']])],
];

for (const [name, arbitrary] of arbitraries) {
  test(`${name}: no kernel reads what its overlap lets it overwrite`, { skip: withoutArm }, () =>
    withTemporaryFolder(async (folder) => {
      const graphs = fc.sample(arbitrary, { numRuns: 12, seed: 11 });
      const compiled = graphs.flatMap((graph, i) =>
        (['speed', 'ram'] as const).map((optimize) =>
          compile(graph, pico, { name: `case_${i}_${optimize}`, optimize }),
        ),
      );
      const models = compiled.map((c) => c.sources);
      for (const model of models) {
        for (const [file, text] of model.files) writeFileSync(path.join(folder, file), text);
      }
      shareKernels(models, folder);
      const includes = ['kernels.h', ...models.map((m) => `${m.prefix}.c`)].map((f) => `#include "${f}"\n`);
      writeFileSync(path.join(folder, 'models.c'), includes.join(''));
      const machine = bootCortexM0Plus(folder, 'models.c');
      let checked = 0;
      let tight = 0;
      for (const c of compiled) {
        const [layer, ...others] = c.layers as [Layer, ...Layer[]];
        if (others.length > 0 || layer.alias !== undefined) continue;
        for (const { input, lead, exact } of layer.overlaps) {
          if (!c.plan.tensors[c.graph.ops[0]!.inputs[input]!]) continue;
          checked++;
          const traced = trace(machine, c, input);
          const what = `${c.sources.prefix}, ${layer.kernel}, input ${input}`;
          if (exact) {
            assert.ok(traced.inPlace, `${what} cannot run in place`);
            tight++;
            continue;
          }
          assert.ok(traced.lead <= lead, `${what} needs a lead of ${traced.lead}, not ${lead}`);
          if (traced.lead === lead) tight++;
        }
      }
      assert.ok(checked >= 12, `only ${checked} overlaps`);
      assert.ok(tight > checked / 2, `only ${tight} of ${checked} leads are as small as can be`);
    }),
  );
}
