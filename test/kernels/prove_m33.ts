/** Simulator against compiled kernels on a bare Cortex-M33, assembly included. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LowerOptions } from '../../codegen/layer.js';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { pico2 } from '../../targets/pico2.js';
import { shareKernels } from '../property/program.js';
import { expectedOf } from './expected.js';
import { runOnCortexM33 } from './m33.js';

/** All graphs in one image, two samples each, outputs equal to the simulator's. */
export async function proveOnCortexM33(graphs: readonly Graph[], options: LowerOptions = {}): Promise<void> {
  const target = { ...pico2, capabilities: ['dsp', 'portable'] as const };
  const models = graphs.map((graph, i) => compile(graph, target, { ...options, name: `case_${i}` }).sources);
  const lines: string[] = [];
  const expected: Uint8Array[] = [];
  for (const [i, { prefix, inputs, outputs }] of models.entries()) {
    for (const { inputs: values, outputs: answer } of expectedOf(graphs[i]!, i + 1)) {
      expected.push(answer);
      lines.push(`memset(${prefix}_arena, 0xa5, sizeof ${prefix}_arena);`);
      for (const [k, bytes] of values.entries()) {
        lines.push(`{ static const uint8_t in[] = {${bytes}};`);
        lines.push(`memcpy(${prefix}_arena + ${inputs[k]!.offset}, in, sizeof in); }`);
      }
      const { offset, bytes } = outputs[0]!;
      lines.push(`${prefix}_invoke();`, `put(${prefix}_arena + ${offset}, ${bytes});`);
    }
  }
  await withTemporaryFolder(async (folder) => {
    for (const model of models) {
      for (const [name, text] of model.files) writeFileSync(path.join(folder, name), text);
    }
    shareKernels(models, folder);
    const includes = ['kernels.h', ...models.map((m) => `${m.prefix}.c`)].map((f) => `#include "${f}"\n`);
    const declarations = 'void put(const void *bytes, uint32_t count);\nint main(void);\n';
    const main = `#include <string.h>\n${includes.join('')}${declarations}int main(void)\n{\n${lines.join('\n')}\nreturn 0;\n}\n`;
    writeFileSync(path.join(folder, 'models.c'), main);
    const actual = runOnCortexM33(folder, 'models.c');
    let offset = 0;
    for (const [i, bytes] of expected.entries()) {
      const got = Uint8Array.from(actual.subarray(offset, offset + bytes.length));
      assert.deepEqual(got, bytes, `case ${i >> 1}, sample ${i & 1}`);
      offset += bytes.length;
    }
    assert.equal(actual.length, offset);
  });
}
