/** Kernels that have changed since the cost model was fitted make its predictions stale: a few layers are measured anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import coefficients from '../../codegen/cost/coefficients.json' with { type: 'json' };
import { type Coefficients, costModel } from '../../codegen/cost/cost_model.js';
import { accuracyOf } from '../../scripts/cost/accuracy.js';
import { measureLayers } from '../../scripts/cost/measure.js';
import { compile } from '../../src/compile.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { Network } from '../support/network.js';

test('what layers take on the Pico is what the cost model says', { skip: withoutArm }, async () => {
  const n = new Network('stale', 'int8', 9);
  let x = n.conv(n.input([1, 20, 16, 3]), 12, { kernel: [3, 3], activation: 'RELU' });
  for (const stride of [1, 2] as const) {
    x = n.depthwise(x, { kernel: [3, 3], stride: [stride, stride], activation: 'RELU' });
    x = n.conv(x, 24, { kernel: [1, 1], activation: 'RELU' });
  }
  x = n.pool('MAX_POOL_2D', x, { kernel: [2, 2], stride: [2, 2] });
  const graph = n.build(n.dense(n.dense(n.reshape(x, [1, 5 * 4 * 24]), 32, 'RELU'), 32));
  const layers = await measureLayers(compile(graph, pico, { name: 'stale' }), pico);
  const cost = costModel(coefficients as Coefficients, pico.core);
  const accuracy = accuracyOf(layers, cost);
  const off = layers.map((l) => `${l.kernel} ${l.cycles}, predicted ${Math.round(cost(l.kernel, l.work)!)}`);
  assert.ok(accuracy.median < 0.1, `run \`npm run cost\`: ${off.join('; ')}`);
  assert.ok(
    Math.abs(accuracy.predicted / accuracy.measured - 1) < 0.1,
    `run \`npm run cost\`: ${off.join('; ')}`,
  );
});
