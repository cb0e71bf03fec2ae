/** VWW within 16 KB of arena on the virtual Pico, its image read row by row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { validate } from '../../src/measure/validate.js';
import { pico } from '../../targets/pico.js';
import { vww } from '../support/models.js';
import { rowChainBudget } from './budgets.js';

test('VWW row by row is exact on the Pico', async () => {
  const compiled = compile(vww(), pico, { optimize: 'ram' });
  const runner = await openRunner({ compiled, target: pico });
  try {
    const samples = randomSamples(compiled.graph, 1);
    const { firstMismatch, heldInRows } = await validate(runner, samples, { tensors: true });
    assert.equal(firstMismatch, null);
    assert.equal(heldInRows, 7);
    const { cycles } = await bench(runner, samples);
    assert.ok(cycles.median <= rowChainBudget.cycles, `${cycles.median} cycles`);
    const { arenaBytes } = compiled.sources;
    assert.ok(arenaBytes <= rowChainBudget.arena, `${arenaBytes} bytes of arena`);
  } finally {
    await runner.close();
  }
});
