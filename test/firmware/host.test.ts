import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { buildHost, compileHost, runHost } from '../../src/firmware/host.js';
import { splitFloat } from '../../src/firmware/model_table.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';
import { fixtures } from '../support/models.js';

test('the program answers sample after sample, and shows every tensor that a layer writes', async () => {
  const { graph, sources } = compile(fixtures.residual!(), host);
  const simulator = createSimulator(graph);
  const samples = [1, 2, 3].map((seed) =>
    new Uint8Array(sources.inputBytes).map((_, i) => (i * seed * 29) & 255),
  );
  const expected = samples.map((sample) => {
    simulator.setInputs(sample);
    simulator.run();
    const tensors = sources.tensors.map((t) => simulator.tensorBytes(t.index));
    return { outputs: simulator.outputs(), tensors: Buffer.concat(tensors) };
  });
  await withTemporaryFolder(async (folder) => {
    const program = await buildHost(sources, folder, { sanitize: true });
    const all = Buffer.concat(samples);
    assert.deepEqual([...(await runHost(program, all))], [...Buffer.concat(expected.map((e) => e.outputs))]);
    const dump = await runHost(program, all, { tensors: true });
    assert.deepEqual([...dump], [...Buffer.concat(expected.map((e) => e.tensors))]);
    // Half a sample is no sample.
    assert.equal((await runHost(program, all.subarray(0, sources.inputBytes - 1))).length, 0);
  });
});

test('what a compiler refuses and what cannot run are faults of the environment, told with what was said', async () => {
  await withTemporaryFolder(async (folder) => {
    await assert.rejects(
      compileHost(folder, ['missing.c']),
      (e) => e instanceof CrimpError && e.exitCode === Exit.environment && /missing\.c/.test(e.message),
    );
    await assert.rejects(
      runHost(path.join(folder, 'missing'), new Uint8Array()),
      (e) => e instanceof CrimpError && e.diagnostics[0]!.code === 'host-run-failed',
    );
  });
});

test('a scale becomes an integer and a power of two, exactly', () => {
  for (const x of [
    1,
    0.00390625,
    Math.fround(0.1),
    Math.fround(1e-20),
    Math.fround(3e20),
    Math.fround(1.2345),
  ]) {
    const { mantissa, exponent } = splitFloat(x);
    assert.ok(Number.isInteger(mantissa) && Math.abs(mantissa) < 2 ** 24);
    assert.equal(mantissa * 2 ** exponent, x);
  }
  assert.deepEqual(splitFloat(0), { mantissa: 0, exponent: 0 });
});
