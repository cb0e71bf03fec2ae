/** Arenas of the networks that MLPerf Tiny is made of: never more than promised, and planned without a fault. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lower } from '../../codegen/lower.js';
import type { Graph } from '../../src/graph/graph.js';
import { plan } from '../../src/planner/planner.js';
import { targets } from '../../targets/index.js';
import { pico } from '../../targets/pico.js';
import { ad, ic, kws, personDetect, vww } from '../support/models.js';
import { verifyPlan } from './verify_plan.js';

/** Bytes of activations and scratch together, by model: on any target, and on the Pico where that is less. */
const limits: readonly [string, () => Graph, number, number?][] = [
  ['KWS', kws, 9_800, 9_200],
  ['IC', ic, 34_500],
  ['VWW', vww, 38_500],
  ['person_detect', personDetect, 38_500],
  ['AD', ad, 768],
];

for (const target of targets) {
  for (const [name, model, anywhere, onPico] of limits) {
    const limit = (target.name === 'pico' ? onPico : undefined) ?? anywhere;
    test(`${name} on ${target.name} needs at most ${limit} bytes`, () => {
      const graph = model();
      const layers = lower(graph, target);
      const result = plan(layers, graph, { alignment: target.alignment });
      assert.deepEqual(verifyPlan(result, layers, graph), []);
      assert.ok(result.arenaBytes <= limit, `${result.arenaBytes} bytes`);
    });
  }
}

test('for speed an arena grows a little at most, and never above what full speed takes', () => {
  for (const [name, model] of [
    ['KWS', kws],
    ['VWW', vww],
  ] as const) {
    const graph = model();
    const [ram, balanced, speed] = (['ram', undefined, 'speed'] as const).map((optimize) => {
      const layers = lower(graph, pico, { optimize });
      const result = plan(layers, graph, { alignment: pico.alignment });
      assert.deepEqual(verifyPlan(result, layers, graph), []);
      return result.arenaBytes;
    });
    assert.ok(
      ram! <= balanced! && balanced! <= Math.min(speed!, ram! + 1024),
      `${name}: ${ram} ${balanced} ${speed}`,
    );
  }
});
