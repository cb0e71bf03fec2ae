/** Channels leave a network as if they had been 0: bit for bit, whatever couples them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { removeChannels } from '../../../src/compress/prune/remove_channels.js';
import { CrimpError } from '../../../src/diagnostics.js';
import { exportTflite } from '../../../src/exporters/tflite/export.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { Graph } from '../../../src/graph/graph.js';
import { importModel } from '../../../src/importers/index.js';
import { random } from '../../property/random.js';
import { ad, fixtures, ic, kws, personDetect, vww } from '../../support/models.js';
import { Network } from '../../support/network.js';
import { randomNetwork } from './networks.js';
import { inputsFor, outputsOf, withoutFilters, zeroedOutputsOf } from './zeroed.js';

/** Some groups of each family, never all. */
function someOf(graph: Graph, seed: number): number[] {
  const rng = random(seed);
  return channelGroups(graph).families.flatMap((family) => {
    const keep = rng.int(0, family.length - 1);
    return family.filter((_, i) => i !== keep && rng.int(0, 1) === 1);
  });
}

const shapesOf = (graph: Graph) => graph.ops.map((op) => graph.tensors[op.outputs[0]!]!.shape);
const channelsOf = (graph: Graph) => shapesOf(graph).map((shape) => shape.at(-1)!);

test('a random network without some channels computes what it computes with them at 0', () => {
  let removed = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const graph = randomNetwork(seed);
      assert.deepEqual(checkGraph(graph), []);
      const selection = someOf(graph, seed);
      removed += selection.length;
      const smaller = removeChannels(graph, selection);
      assert.deepEqual(checkGraph(smaller), []);
      const input = inputsFor(graph, seed);
      assert.deepEqual(outputsOf(smaller, input), zeroedOutputsOf(graph, selection, input));
      if (selection.length === 0) return;
      const constants = (g: Graph) => g.tensors.reduce((n, t) => n + (t.data?.length ?? 0), 0);
      assert.ok(constants(smaller) < constants(graph));
    }),
    { numRuns: 300, seed: 3 },
  );
  assert.ok(removed > 1000, `${removed}`);
});

test('where nothing adds to a channel, zero filters are enough of a reference', () => {
  for (const [i, model] of [ic, ad].entries()) {
    const graph = model('float32');
    const selection = someOf(graph, i);
    const input = inputsFor(graph, i);
    assert.ok(selection.length > 10);
    assert.deepEqual(
      outputsOf(removeChannels(graph, selection), input),
      outputsOf(withoutFilters(graph, selection), input),
    );
  }
});

test('MobileNets, DS-CNN and ResNet-8 shrink as a whole, and survive a file', () => {
  for (const model of [vww, personDetect, kws, ic]) {
    const graph = model('float32');
    const { families } = channelGroups(graph);
    const selection = families.flatMap((family) => family.filter((_, i) => i % 4 === 0));
    const smaller = removeChannels(graph, selection);
    assert.deepEqual(checkGraph(smaller), []);
    // All widths divide by 4, but those of the classes stay.
    const classes = channelsOf(graph).at(-1)!;
    assert.deepEqual(
      channelsOf(smaller),
      channelsOf(graph).map((n) => (n === classes ? n : (3 * n) / 4)),
      graph.name,
    );
    const again = importModel(exportTflite(smaller), { name: graph.name });
    assert.deepEqual(shapesOf(again), shapesOf(smaller));
  }
});

test('a residual sum couples its producers, a depthwise op both of its sides, a flattened image its columns', () => {
  const n = new Network('coupled', 'float32', 1);
  const a = n.conv(n.input([1, 4, 4, 2]), 3, { kernel: [3, 3] });
  const b = n.depthwise(a, { kernel: [3, 3], multiplier: 2 });
  const sum = n.add(b, n.conv(a, 6, { kernel: [1, 1] }));
  const graph = n.build(n.dense(n.flatten(sum), 2));
  const { families } = channelGroups(graph);
  assert.deepEqual(
    families.map((family) => family.length),
    [3],
  );
  const smaller = removeChannels(graph, [families[0]![1]!]);
  assert.deepEqual(shapesOf(smaller), [
    [1, 4, 4, 2],
    [1, 4, 4, 4],
    [1, 4, 4, 4],
    [1, 4, 4, 4],
    [1, 64],
    [1, 2],
  ]);
});

test('inputs, outputs and grouped convolutions keep their channels', () => {
  const widths = (graph: Graph) => channelGroups(graph).families.map((family) => family.length);
  assert.deepEqual(widths(fixtures.residual!('float32')), []);
  assert.deepEqual(widths(fixtures.dense!('float32')), [16]);
  const n = new Network('grouped', 'float32', 2);
  const x = n.conv(n.conv(n.input([1, 4, 4, 2]), 6, { kernel: [1, 1] }), 4, { kernel: [3, 3], groups: 2 });
  const free = n.conv(x, 5, { kernel: [1, 1] });
  assert.deepEqual(widths(n.build(n.dense(n.flatten(free), 3))), [5]);
});

test('a quantized model is refused: prune before quantizing', () => {
  assert.throws(
    () => channelGroups(fixtures.conv!('int8')),
    (thrown) => {
      assert.ok(thrown instanceof CrimpError);
      const [problem] = thrown.diagnostics;
      assert.equal(problem!.code, 'already-quantized');
      assert.match(problem!.hint, /Prune the float model first/);
      return problem!.where?.op?.index === 0;
    },
  );
});
