import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { removalOrder } from '../../../src/compress/prune/removal_order.js';
import { removeChannels } from '../../../src/compress/prune/remove_channels.js';
import { checkGraph } from '../../../src/graph/check.js';
import { Network } from '../../support/network.js';

test('where a sum couples layers side by side, each keeps a channel, and the others go on losing theirs', () => {
  const n = new Network('side_by_side', 'float32', 1);
  const x = n.input([1, 4, 4, 2]);
  const joined = n.concat(n.conv(x, 3, { kernel: [1, 1] }), n.conv(x, 4, { kernel: [3, 3] }));
  const sum = n.add(joined, n.conv(joined, 7, { kernel: [1, 1] }));
  const graph = n.build(n.dense(n.mean(sum), 2));
  const groups = channelGroups(graph);
  assert.equal(groups.families.length, 1);
  // Those of the first convolution matter least.
  const importance = Float64Array.from({ length: groups.count }, (_, g) => g);
  for (const scope of ['global', 'layer'] as const) {
    const order = removalOrder(graph, groups, importance, { scope, cost: 'macs', keepMultipleOf: 1 });
    assert.equal(order.length, 5, scope);
    const smallest = removeChannels(graph, order.flat(), groups);
    assert.deepEqual(checkGraph(smallest), []);
    const widths = smallest.ops.map((op) => smallest.tensors[op.outputs[0]!]!.shape.at(-1));
    assert.deepEqual(widths, [1, 1, 2, 2, 2, 2, 2]);
  }
});
