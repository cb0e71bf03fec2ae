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

/** Some groups of each family, leaving a channel on every axis. */
function someOf(graph: Graph, seed: number): number[] {
  const rng = random(seed);
  const { families, axes } = channelGroups(graph);
  const removed = new Set<number>();
  const emptied = () => axes.some(({ groups }) => groups.every((g) => removed.has(g)));
  const first = rng.int(0, 99);
  for (const [i, group] of families.flat().entries()) {
    if ((i + first) % 3 === 0 || rng.int(0, 2) === 0) continue;
    removed.add(group);
    if (emptied()) removed.delete(group);
  }
  return [...removed];
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

test('a concatenation takes each input’s channels out of its own part, and out of all that read it', () => {
  const n = new Network('dense', 'float32', 3);
  const a = n.conv(n.input([1, 4, 4, 2]), 3, { kernel: [3, 3] });
  const b = n.conv(a, 4, { kernel: [3, 3] });
  const graph = n.build(n.dense(n.mean(n.conv(n.concat(a, b), 5, { kernel: [1, 1] })), 2));
  const { families } = channelGroups(graph);
  assert.deepEqual(
    families.map((family) => family.length),
    [3, 4, 5],
  );
  const smaller = removeChannels(graph, [families[0]![1]!, families[1]![0]!, families[1]![3]!]);
  assert.deepEqual(channelsOf(smaller), [2, 2, 4, 5, 5, 2]);
  const weightsOf = (g: Graph) => g.tensors[g.ops[3]!.inputs[1]!]!.data!;
  // Of the concatenation's 3 + 4 channels.
  const left = [...weightsOf(graph)].filter((_, i) => [0, 2, 4, 5].includes(i % 7));
  assert.deepEqual([...weightsOf(smaller)], left);
});

test('of many groups whole ones go, of few each loses the same place', () => {
  const grouped = (groups: number, inGroup: number, outOfGroup: number) => {
    const n = new Network('grouped', 'float32', 2);
    const x = n.conv(n.input([1, 4, 4, 2]), groups * inGroup, { kernel: [1, 1] });
    const y = n.conv(x, groups * outOfGroup, { kernel: [3, 3], groups });
    return n.build(n.dense(n.mean(y), 3));
  };
  const choices = (graph: Graph) => channelGroups(graph).families.map((family) => family.length);
  const widthsWithoutFirst = (graph: Graph) => {
    const smaller = removeChannels(graph, [channelGroups(graph).families[0]![0]!]);
    assert.deepEqual(checkGraph(smaller), []);
    return channelsOf(smaller).slice(0, 2);
  };
  assert.deepEqual(choices(grouped(8, 2, 3)), [8]);
  assert.deepEqual(widthsWithoutFirst(grouped(8, 2, 3)), [14, 21]);
  assert.deepEqual(choices(grouped(6, 1, 1)), [6]);
  assert.deepEqual(choices(grouped(2, 4, 3)), [4, 3]);
  assert.deepEqual(widthsWithoutFirst(grouped(2, 4, 3)), [6, 6]);
});

test('inputs, outputs and what is coupled to them keep their channels', () => {
  const widths = (graph: Graph) => channelGroups(graph).families.map((family) => family.length);
  assert.deepEqual(widths(fixtures.residual!('float32')), []);
  assert.deepEqual(widths(fixtures.dense!('float32')), [16]);
  const n = new Network('grouped', 'float32', 2);
  const x = n.input([1, 4, 4, 6]);
  // Whole groups of what the input gives; of three side by side only the one with filters of its own is free.
  const y = n.concat(n.conv(x, 6, { kernel: [3, 3], groups: 6 }), n.conv(x, 5, { kernel: [1, 1] }), x);
  assert.deepEqual(widths(n.build(n.dense(n.flatten(y), 3))), [5]);
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
