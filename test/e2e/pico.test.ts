/** The benchmark's golden models on the virtual Pico: every tensor the simulator's, every output TFLM's, every cycle some layer's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchModels } from '../../scripts/bench/models.js';
import { compile } from '../../src/compile.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { validate } from '../../src/measure/validate.js';
import { findTarget } from '../../targets/index.js';
import { goldenGraph, readGolden, withoutGoldens } from '../support/golden.js';

const target = findTarget('pico');

for (const { title, golden: name } of benchModels.filter((model) => model.golden)) {
  test(`${title} is exact in every tensor, and its layers account for its cycles`, {
    skip: withoutGoldens,
  }, async () => {
    const golden = readGolden(name!);
    const compiled = compile(goldenGraph(golden)!, target, { name });
    const [set] = golden.sets;
    const size = set!.inputs.length / set!.samples;
    const samples = { count: 1, bytes: (i: number) => set!.inputs.subarray(i * size, (i + 1) * size) };
    const runner = await openRunner({ compiled, target });
    try {
      const validation = await validate(runner, samples, { tensors: true });
      assert.equal(validation.firstMismatch, null);
      assert.ok(validation.values >= compiled.sources.outputBytes);

      const { outputs } = await runner.infer(samples.bytes(0));
      assert.deepEqual(Buffer.from(outputs), set!.outputs.subarray(0, outputs.length));

      const { cycles, layers } = await bench(runner, samples);
      const sum = layers.reduce((n, layer) => n + layer.cycles, 0);
      const apart = Math.abs(sum - cycles.median);
      assert.ok(apart < 0.02 * cycles.median + 20, `layers take ${sum} of ${cycles.median} cycles`);
    } finally {
      await runner.close();
    }
  });
}
