/** Planned and measured figures of one model agree, and tell what a smaller one saves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { plannedFootprint } from '../../src/footprint.js';
import { measuredFootprint } from '../../src/measure/footprint.js';
import { host } from '../../targets/host.js';
import { pico } from '../../targets/pico.js';
import { fixtures } from '../support/models.js';

test('what the board shows holds what was planned', async () => {
  const graph = fixtures.conv!();
  const planned = plannedFootprint(graph, pico);
  const { flashBytes, cycles, ...rest } = await measuredFootprint(graph, pico);
  assert.deepEqual(rest, planned);
  assert.ok(planned.weightsBytes > 0 && planned.arenaBytes > 0);
  assert.ok(flashBytes > planned.weightsBytes + 5000);
  assert.ok(cycles > 1000);
});

test('a host counts no cycles', async () => {
  await assert.rejects(
    () => measuredFootprint(fixtures.conv!(), host),
    (thrown) => thrown instanceof CrimpError && thrown.diagnostics[0]!.code === 'no-cycle-counter',
  );
});
