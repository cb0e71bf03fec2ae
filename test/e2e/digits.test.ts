/** The example, all the way: float digits, int8, firmware, the virtual Pico; every tensor and every answer compared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { compile } from '../../src/compile.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { readDataset, readSamples } from '../../src/data/index.js';
import { importModel } from '../../src/importers/index.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { runSamples } from '../../src/measure/run.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { validate } from '../../src/measure/validate.js';
import { readModelFile } from '../../src/model_file.js';
import { findTarget } from '../../targets/index.js';
import { digitsBudget as budget } from './budgets.js';

const digits = (file: string) => assetPath(`examples/digits/${file}`);
const answered = 20;

test('digits: as accurate on the board as in the simulator, exact, within budget', async () => {
  const target = findTarget('pico');
  const model = readModelFile(digits('digits.tflite'));
  const float = importModel(model.bytes, model);
  const { graph } = quantize(float, readDataset(digits('calibration.npz'), float));
  const compiled = compile(graph, target, { name: 'digits' });
  assert.ok(compiled.sources.arenaBytes <= budget.arena, `${compiled.sources.arenaBytes} bytes of arena`);
  assert.ok(
    compiled.sources.weightsBytes <= budget.weights,
    `${compiled.sources.weightsBytes} bytes of weights`,
  );

  const all = readSamples(digits('test.npz'), compiled.graph);
  const samples = {
    count: answered,
    bytes: (i: number) => all.bytes(i),
    labels: all.labels!.slice(0, answered),
  };
  const runner = await openRunner({ compiled, target });
  try {
    const run = await runSamples(runner, samples);
    const simulated = simulateSamples(compiled.graph, samples);
    assert.deepEqual(run.outputs, simulated.outputs);
    assert.equal(run.accuracy, simulated.accuracy);
    assert.ok(run.accuracy! >= 0.95, `${run.accuracy}`);
    assert.equal((await validate(runner, { ...samples, count: 1 }, { tensors: true })).firstMismatch, null);
    const { cycles } = await bench(runner, { ...samples, count: 3 });
    assert.ok(cycles.median <= budget.cycles, `${cycles.median} cycles, promised ${budget.cycles}`);
  } finally {
    await runner.close();
  }
});
