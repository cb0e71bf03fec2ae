import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomSamples } from '../../src/measure/random_samples.js';
import { validate } from '../../src/measure/validate.js';
import { formatValidation } from '../../src/report/validation.js';
import { fixtures } from '../support/models.js';
import { simulatedRunner } from '../support/simulated_runner.js';

const graph = fixtures.conv!();
const samples = randomSamples(graph, 3);

test('a runner that answers as the simulator does is exact, in outputs and in all tensors', async () => {
  const runner = simulatedRunner(graph);
  const { sources, graph: emitted } = runner.compiled;
  const outputs = await validate(runner, samples);
  assert.deepEqual(outputs, {
    exact: true,
    samples: 3,
    values: 3 * sources.outputBytes,
    mismatches: 0,
    firstMismatch: null,
    mismatchesByLayer: [],
  });
  const all = await validate(runner, samples, { tensors: true });
  const written = emitted.ops.flatMap((op) => op.outputs.map((t) => emitted.tensors[t]!.shape));
  const values = written.reduce((n, shape) => n + shape.reduce((a, b) => a * b, 1), 0);
  assert.deepEqual([all.exact, all.values], [true, 3 * values]);
});

test('a planted difference is named: layer, sample, index, both values, and how many there are', async () => {
  const layer = 1;
  const planted = fixtures.conv!().ops[layer]!.outputs[0]!;
  const flipped = [17, 40] as const;
  let honest = 0;
  const runner = simulatedRunner(graph, {
    tensor: (index, bytes, inference) => {
      if (index !== planted || inference !== 2) return;
      honest = Buffer.from(bytes).readInt8(flipped[0]);
      for (const at of flipped) bytes[at] = bytes[at]! ^ 0x80;
    },
  });
  const validation = await validate(runner, samples, { tensors: true });
  const { name, type } = runner.compiled.graph.ops[layer]!;
  assert.deepEqual(validation.firstMismatch, {
    sample: 2,
    layer: { index: layer, name, type },
    tensor: runner.compiled.graph.tensors[planted]!.name,
    index: flipped[0],
    expected: honest,
    actual: honest < 0 ? honest + 128 : honest - 128,
  });
  assert.equal(validation.exact, false);
  assert.equal(validation.mismatches, flipped.length);
  assert.deepEqual(validation.mismatchesByLayer, [{ name, type, mismatches: flipped.length }]);

  const text = formatValidation(validation, 'the board');
  for (const part of [
    /^the board: NOT exact, 2 of/,
    /sample 2/,
    new RegExp(`layer 1 ${type} "${name}"`),
    /index 17/,
  ]) {
    assert.match(text, part);
  }
  assert.match(text, new RegExp(`simulator says ${honest}, the device ${honest ^ -128}`));
  assert.equal((await validate(runner, samples)).exact, true, 'the outputs themselves are right');
});

test('an answer cut short is a difference, not a crash, and no NaN is shown', async () => {
  const runner = simulatedRunner(graph);
  const short = { ...runner, infer: async () => ({ outputs: new Uint8Array(0) }) };
  const validation = await validate(short, samples);
  assert.equal(validation.exact, false);
  assert.equal(validation.mismatches, 3 * runner.compiled.sources.outputBytes);
  assert.doesNotMatch(formatValidation(validation, 'the board'), /NaN|undefined|null/);
});

test('progress runs from nothing to all', async () => {
  const seen: number[][] = [];
  await validate(simulatedRunner(graph), samples, { onProgress: (...step) => seen.push(step) });
  assert.deepEqual(
    seen,
    [0, 1, 2, 3].map((done) => [done, 3]),
  );
});
