/** Models that keep state, on the virtual Pico: every tensor the simulator's, every output TFLM's, one sample after another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { validate } from '../../src/measure/validate.js';
import { findTarget } from '../../targets/index.js';
import { goldenGraph, readGolden, withoutGoldens } from '../support/golden.js';

const target = findTarget('pico');

for (const name of ['tflm__keyword_scrambled_8bit', 'tflm__dtln_noise_suppression']) {
  test(`${name} carries its state from sample to sample, until reset`, { skip: withoutGoldens }, async () => {
    const golden = readGolden(name);
    const compiled = compile(goldenGraph(golden)!, target, { name });
    const runner = await openRunner({ compiled, target });
    try {
      const [first] = golden.sets;
      const size = golden.meta.input_bytes_per_sample;
      const bytes = (i: number) => first!.inputs.subarray(i * size, (i + 1) * size);
      const validation = await validate(runner, { count: 2, bytes }, { tensors: true });
      assert.deepEqual(validation.firstMismatch, null);

      for (const { inputs, outputs, samples } of golden.sets) {
        await runner.reset();
        const answers: Uint8Array[] = [];
        for (let i = 0; i < samples; i++) {
          const sample = inputs.subarray(i * size, (i + 1) * size);
          answers.push((await runner.infer(sample)).outputs);
        }
        assert.deepEqual(Buffer.concat(answers), outputs);
      }
    } finally {
      await runner.close();
    }
  });
}
