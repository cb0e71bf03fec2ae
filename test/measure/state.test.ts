/** State from sample to sample on the host's program, as in the simulator, and back at the start for each measurement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { graphBuilder } from '../../src/graph/build.js';
import { hostRunner } from '../../src/measure/host_runner.js';
import { runSamples } from '../../src/measure/run.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { validate } from '../../src/measure/validate.js';
import { host } from '../../targets/host.js';

/** The last three values, weighed. */
function graph() {
  const b = graphBuilder('weighed');
  const constant = (name: string, shape: number[], ...data: number[]) =>
    b.constant(name, { dtype: 'float32', shape, data: Float32Array.from(data) });
  const operands = [
    b.input('x', { dtype: 'float32', shape: [1, 1] }),
    constant('feature', [1, 1], 1),
    constant('time', [1, 3], 1, 10, 100),
    -1,
    b.state('state', { dtype: 'float32', shape: [1, 3] }),
  ];
  const attributes = { rank: 1, activation: 'NONE' } as const;
  return b.build(b.op('SVDF', 'y', operands, attributes, { dtype: 'float32', shape: [1, 1] }));
}

test('each measurement begins with a reset, and samples follow one another', async () => {
  const bytes = (i: number) => new Uint8Array(Float32Array.of(i + 1).buffer);
  const samples = { count: 4, bytes };
  const runner = await hostRunner(compile(graph(), host), host);
  try {
    for (const tensors of [false, true]) {
      const { exact, firstMismatch } = await validate(runner, samples, { tensors });
      assert.equal(exact, true, JSON.stringify(firstMismatch));
    }
    const { outputs } = await runSamples(runner, samples);
    assert.deepEqual([...new Float32Array(outputs.slice().buffer)], [100, 210, 321, 432]);
    assert.deepEqual(simulateSamples(graph(), samples).outputs, outputs);
  } finally {
    await runner.close();
  }
});
