/** The emitted C as a user builds it: alone, with either compiler, from C++, several models in one program. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Sources } from '../../codegen/sources.js';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';
import { writeProgram } from '../property/program.js';
import { random, randomActivation } from '../property/random.js';
import { fixtures } from '../support/models.js';
import { snapshotModels } from './models.js';

const warnings = ['-Wall', '-Wextra', '-Wconversion', '-Werror'];
const sources = Object.entries(snapshotModels).map(
  ([name, model]) => compile(model(), host, { name }).sources,
);

function writeAll(folder: string, models: readonly Sources[]): string[] {
  for (const { files } of models)
    for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
  return models.map((m) => `${m.prefix}.c`);
}

function missing(compiler: string): string | false {
  return spawnSync(compiler, ['--version']).status === 0 ? false : `no ${compiler} here`;
}

for (const [compiler, level] of [
  ['gcc', '-O0'],
  ['gcc', '-O3'],
  ['clang', '-O2'],
  ['arm-none-eabi-gcc', '-Os'],
] as const) {
  test(`${compiler} ${level} has nothing to say about it`, { skip: missing(compiler) }, async () => {
    await withTemporaryFolder(async (folder) => {
      for (const file of writeAll(folder, sources)) {
        execFileSync(compiler, ['-std=c99', level, ...warnings, '-c', file, '-o', 'out.o'], { cwd: folder });
      }
    });
  });
}

for (const compiler of ['gcc', 'clang']) {
  test(`optimized by ${compiler}, models answer as the simulator does`, {
    skip: missing(compiler),
  }, async () => {
    const graphs = Object.values(fixtures).flatMap((model) => [model('int8'), model('float32')]);
    const models = graphs.map((graph, i) => ({
      sources: compile(graph, host, { name: `fixture_${i}` }).sources,
      sequences: [1],
    }));
    const simulators = graphs.map(createSimulator);
    const inputs = graphs.map((graph, i) => {
      const rng = random(i + 1);
      const parts = graph.inputs.map((t) => randomActivation(graph.tensors[t]!, 0, rng));
      return Buffer.concat(parts.map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
    });
    const expected = simulators.map((simulator, i) => {
      simulator.setInputs(inputs[i]!);
      simulator.run();
      return simulator.outputs();
    });
    await withTemporaryFolder(async (folder) => {
      const files = writeProgram(models, folder);
      const flags = ['-std=c99', '-O3', '-ffp-contract=off', '-fstrict-aliasing', ...warnings];
      execFileSync(compiler, [...flags, ...files, '-o', 'all'], { cwd: folder });
      const { stdout } = spawnSync(path.join(folder, 'all'), { input: Buffer.concat(inputs) });
      assert.deepEqual([...stdout], [...Buffer.concat(expected)]);
    });
  });
}

test('the header works from C++', { skip: missing('g++') }, async () => {
  await withTemporaryFolder(async (folder) => {
    writeAll(folder, sources);
    const includes = sources.map((m) => `#include "${m.prefix}.h"\n`).join('');
    writeFileSync(
      path.join(folder, 'main.cpp'),
      `${includes}int main() { tiny_cnn_invoke(); return *tiny_cnn_output(); }`,
    );
    execFileSync('g++', ['-std=c++11', ...warnings, '-c', 'main.cpp', '-o', 'out.o'], { cwd: folder });
  });
});

test('two models live in one program and do not know of each other', { skip: missing('cc') }, async () => {
  const names = ['tiny_cnn', 'tiny_residual'] as const;
  const graphs = names.map((name) => snapshotModels[name]!());
  const inputs = graphs.map((graph, i) => {
    const bytes = new Uint8Array(createSimulator(graph).inputBytes);
    return bytes.map((_, k) => (k * 37 + i * 11) & 255);
  });
  const expected = graphs.map((graph, i) => {
    const simulator = createSimulator(graph);
    simulator.setInputs(inputs[i]!);
    simulator.run();
    return simulator.outputs();
  });
  await withTemporaryFolder(async (folder) => {
    const files = writeAll(
      folder,
      sources.filter((m) => (names as readonly string[]).includes(m.prefix)),
    );
    // Both are filled before either runs, and each runs twice.
    const use = (step: (name: string, upper: string) => string) =>
      names.map((name) => step(name, name.toUpperCase())).join('\n');
    const main = `#include <stdio.h>
#include "tiny_cnn.h"
#include "tiny_residual.h"
int main(void)
{
    for (int i = 0; i < 2; ++i) {
${use((name, upper) => `        if (fread(${name}_input(), 1, ${upper}_INPUT_BYTES, stdin) != ${upper}_INPUT_BYTES) return 1;`)}
${use((name) => `        ${name}_invoke();`)}
${use((name, upper) => `        fwrite(${name}_output(), 1, ${upper}_OUTPUT_BYTES, stdout);`)}
    }
    return 0;
}
`;
    writeFileSync(path.join(folder, 'main.c'), main);
    execFileSync('cc', ['-std=c99', '-O2', ...warnings, 'main.c', ...files, '-o', 'two'], { cwd: folder });
    const once = Buffer.concat(inputs);
    const { stdout } = spawnSync(path.join(folder, 'two'), { input: Buffer.concat([once, once]) });
    assert.deepEqual([...stdout], [...Buffer.concat([...expected, ...expected])]);
  });
});
