import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { bench, medianOf } from '../../src/measure/bench.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { runSamples } from '../../src/measure/run.js';
import { macsOf } from '../../src/ops/registry.js';
import { formatBench } from '../../src/report/bench.js';
import { pico } from '../../targets/pico.js';
import { fixtures } from '../support/models.js';
import { simulatedRunner } from '../support/simulated_runner.js';

const graph = fixtures.dense!();
const samples = randomSamples(graph, 4);
const layerCycles = [500, 80, 20];

test('the median is a value that was measured', () => {
  assert.equal(medianOf([5, 1, 9]), 5);
  assert.equal(medianOf([4, 1, 9, 7]), 4);
  assert.equal(medianOf([3]), 3);
});

test('bench tells cycles, time, and what each layer takes of them', async () => {
  const runner = simulatedRunner(graph, { cycles: [640, 600, 610, 1000], layerCycles });
  const result = await bench(runner, samples);
  assert.deepEqual(result.cycles, { min: 600, median: 610, max: 1000 });
  assert.equal(result.microseconds, (610 / pico.clockHz) * 1e6);
  assert.equal(result.macs, 20 * 16 + 16 * 4);
  assert.equal(result.cyclesPerMac, 610 / result.macs);
  assert.deepEqual(
    result.layers,
    graph.ops.map((op, i) => ({
      name: op.name,
      type: op.type,
      macs: macsOf(op, graph),
      cycles: layerCycles[i],
    })),
  );
  const text = formatBench(result, pico);
  assert.match(text, /^Raspberry Pi Pico: 610 cycles \(min 600, max 1,000\), 0\.004880 ms at 125 MHz\n/);
  assert.match(text, /384 MACs, 1\.59 cycles\/MAC/);
  assert.match(text, /stack: 320 B/);
  assert.doesNotMatch(text, /NaN|undefined|null|Infinity/);

  const both = formatBench(result, pico, {
    withXipCache: { ...result, cycles: { min: 7, median: 8, max: 9 } },
  });
  assert.match(both, /with its flash cache modelled: 8 cycles/);
  assert.ok(Math.max(...both.split('\n').map((line) => line.length)) <= 100);
});

test('layers that are only another shape cost nothing and shift no other’s cycles', async () => {
  const { ops } = fixtures.pool!();
  assert.ok(ops.length > 2);
  const runner = simulatedRunner(fixtures.pool!(), {
    cycles: [90, 90],
    layerCycles: ops.map((_, i) => i + 1),
  });
  const { layers } = await bench(runner, randomSamples(runner.compiled.graph, 2));
  const timed = runner.compiled.layers.filter((layer) => layer.alias === undefined);
  assert.deepEqual(
    timed.map((layer) => layers[layer.op]!.cycles),
    timed.map((_, i) => i + 1),
  );
});

test('without a counter bench refuses, and run answers all the same', async () => {
  const runner = simulatedRunner(graph);
  await assert.rejects(bench(runner, samples), (thrown) => {
    assert.ok(thrown instanceof CrimpError);
    assert.equal(thrown.diagnostics[0]!.code, 'no-cycle-counter');
    return true;
  });
  const run = await runSamples(runner, samples);
  assert.deepEqual(run.cycles, []);
  assert.equal(run.outputs.length, 4 * runner.compiled.sources.outputBytes);
});
