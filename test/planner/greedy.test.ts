/** crimp's arenas beside those of TFLM's greedy planner, on the same layers: activations, state and scratch alike. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lower } from '../../codegen/lower.js';
import { readGoldens } from '../../scripts/goldens/known.js';
import type { Graph } from '../../src/graph/graph.js';
import { optimize } from '../../src/passes/index.js';
import { arenaSize } from '../../src/planner/buffers.js';
import { plan } from '../../src/planner/planner.js';
import { targets } from '../../targets/index.js';
import { withoutGoldens } from '../support/golden.js';
import { ad, ic, kws, personDetect, vww } from '../support/models.js';
import { activations, greedyArena } from './greedy.js';

/** Sentences about the targets on which the greedy planner would do better. */
function worse(source: Graph): string[] {
  const graph = optimize(source);
  const last = Math.max(graph.ops.length - 1, 0);
  const kept = graph.tensors.filter((t) => t.initial).map((t) => ({ bytes: arenaSize(t), first: 0, last }));
  return targets.flatMap((target) => {
    const layers = lower(graph, target);
    const scratch = layers.flatMap(({ scratchBytes: bytes }, time) =>
      bytes > 0 ? [{ bytes, first: time, last: time }] : [],
    );
    const greedy = greedyArena([...activations(graph), ...kept, ...scratch]);
    const { arenaBytes } = plan(layers, graph, { alignment: 16 });
    return arenaBytes > greedy
      ? [`${source.name} on ${target.name}: ${arenaBytes} bytes, not ${greedy}`]
      : [];
  });
}

test('no benchmark network needs more than TFLM’s planner would give it', () => {
  assert.deepEqual(
    [kws, ic, vww, personDetect, ad].flatMap((network) => worse(network())),
    [],
  );
});

test('no golden model needs more than TFLM’s planner would give it', { skip: withoutGoldens }, () => {
  const { known } = readGoldens();
  assert.deepEqual(
    known.flatMap(({ graph }) => worse(graph)),
    [],
  );
});

test('the greedy planner of these tests gives what TFLM itself took', { skip: withoutGoldens }, () => {
  const { known } = readGoldens();
  const same = known.filter(
    ({ golden, graph }) => greedyArena(activations(graph)) === golden.meta.arena_nonpersistent_bytes,
  );
  // The others are of kernels that have scratch in TFLM: TRANSPOSE_CONV, LSTM, SVDF, MEAN, int4 weights.
  assert.ok(same.length / known.length > 0.85, `${same.length} of ${known.length}`);
});
