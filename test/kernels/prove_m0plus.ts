/** Simulator against compiled kernels on a bare Cortex-M0+, assembly included. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LowerOptions } from '../../codegen/layer.js';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { pico } from '../../targets/pico.js';
import { shareKernels } from '../property/program.js';
import { expectedOf } from './expected.js';
import { bootCortexM0Plus } from './m0plus.js';

/** All graphs in one image, two samples each, outputs equal to the simulator's. */
export async function proveOnCortexM0Plus(
  graphs: readonly Graph[],
  options: LowerOptions = {},
): Promise<void> {
  const models = graphs.map((graph, i) => compile(graph, pico, { ...options, name: `case_${i}` }).sources);
  await withTemporaryFolder(async (folder) => {
    for (const model of models) {
      for (const [name, text] of model.files) writeFileSync(path.join(folder, name), text);
    }
    shareKernels(models, folder);
    const includes = ['kernels.h', ...models.map((m) => `${m.prefix}.c`)].map((f) => `#include "${f}"\n`);
    writeFileSync(path.join(folder, 'models.c'), includes.join(''));
    const machine = bootCortexM0Plus(folder, 'models.c');
    for (const [i, model] of models.entries()) {
      for (const [sample, { inputs, outputs }] of expectedOf(graphs[i]!, i + 1).entries()) {
        const arena = `${model.prefix}_arena`;
        machine.write(arena, 0, new Uint8Array(model.arenaBytes).fill(0xa5));
        for (const [k, bytes] of inputs.entries()) machine.write(arena, model.inputs[k]!.offset!, bytes);
        machine.call(`${model.prefix}_invoke`);
        const { offset, bytes: count } = model.outputs[0]!;
        assert.deepEqual(machine.read(arena, offset, count), outputs, `case ${i}, sample ${sample}`);
      }
    }
  });
}
