/** What Sources says about the emitted C, and the shapes of graph that need care. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sources } from '../../codegen/sources.js';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { buildHost, runHost } from '../../src/firmware/host.js';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';
import { proveGraphs } from '../property/harness.js';
import { Network } from '../support/network.js';
import { snapshotModels } from './models.js';

const int8 = (shape: number[]) => ({ dtype: 'int8' as const, shape, quantization: perTensor(0.5, 1) });
const text = (sources: Sources, ending: string) => sources.files.get(`${sources.prefix}${ending}`)!;

test('the bytes of the constants are the bytes of the arrays printed', () => {
  const sizes = {
    int8_t: 1,
    uint8_t: 1,
    int16_t: 2,
    uint16_t: 2,
    int32_t: 4,
    uint32_t: 4,
    int64_t: 8,
    float: 4,
  };
  for (const model of Object.values(snapshotModels)) {
    const { sources } = compile(model(), host);
    const arrays = [...text(sources, '_weights.h').matchAll(/(\w+) \w+\[(\d+)\] =/g)];
    const bytes = arrays.reduce(
      (n, [, type, count]) => n + sizes[type as keyof typeof sizes] * Number(count),
      0,
    );
    assert.equal(sources.weightsBytes, bytes);
    assert.equal(sources.constants.length, arrays.length);
    assert.match(text(sources, '.h'), new RegExp(`_WEIGHTS_BYTES ${bytes}\\n`));
  }
});

test('every symbol begins with the prefix, and nothing unused is emitted', () => {
  const { sources } = compile(snapshotModels.tiny_cnn!(), host, { name: 'Some Name' });
  assert.equal(sources.prefix, 'some_name');
  const all = [...sources.files.values()].join('\n');
  assert.doesNotMatch(all.replaceAll('written by crimp', ''), /crimp/);
  for (const [, name] of all.matchAll(/^static [^;=]*?\b(\w+)\(/gm)) {
    if (name === 'SOME_NAME_ALIGNED') continue;
    assert.match(name!, /^some_name_/);
    assert.ok(
      all.split(new RegExp(`\\b${name}\\b`)).length > 2 || /_(in|out)put/.test(name!),
      `${name} is unused`,
    );
  }
});

test('the header says how raw values become inputs, and what outputs stand for', () => {
  const header = (graph: Graph, more: Partial<Graph>) => {
    const { sources } = compile({ ...graph, ...more }, host, { name: 'm' });
    return text(sources, '.h');
  };
  const n = new Network('m', 'int8', 5);
  const image = n.build(n.conv(n.input([1, 4, 4, 3]), 2, { kernel: [3, 3] }));
  const plain = header(image, {});
  assert.doesNotMatch(plain, /Trained on|_MEAN|Classes/);
  const fed = header(image, {
    normalization: [{ mean: [-124, 116.5, 0.1], std: [1, 2, 3] }],
    classes: ['a*/', 'b'],
  });
  assert.match(
    fed,
    /#define M_INPUT_MEAN \{\(-124\.0f\), 116\.5f, 0\.1f\}\n#define M_INPUT_STD \{1\.0f, 2\.0f, 3\.0f\}/,
  );
  assert.match(
    fed,
    /q = round\(\(raw - M_INPUT_MEAN\[c\]\) \/ M_INPUT_STD\[c\] \/ M_INPUT_SCALE\) \+\s[* ]*M_INPUT_ZERO_POINT/,
  );
  assert.match(fed, /Classes: 0 a[^/]+, 1 b\./);
  const f = new Network('m', 'float32', 5);
  const float = header(f.build(f.dense(f.input([1, 4]), 2)), { normalization: [{ mean: [0], std: [255] }] });
  assert.match(float, /#define M_INPUT_MEAN 0\.0f\n#define M_INPUT_STD 255\.0f\n/);
  assert.match(float, /Trained on \(raw - M_INPUT_MEAN\) \/ M_INPUT_STD\./);
});

test('equal constants are emitted once', () => {
  const n = new Network('twice', 'float32', 5);
  const dense = n.dense(n.input([1, 4]), 4);
  const graph = n.build(dense);
  const [op] = graph.ops;
  const again = {
    ...op!,
    name: 'again',
    inputs: [op!.outputs[0]!, ...op!.inputs.slice(1)],
    outputs: [graph.tensors.length],
  };
  const tensors = [...graph.tensors, { ...graph.tensors[op!.outputs[0]!]!, name: 'again' }];
  const twice: Graph = { ...graph, tensors, ops: [op!, again] as Graph['ops'], outputs: again.outputs };
  assert.equal(compile(twice, host).sources.weightsBytes, compile(graph, host).sources.weightsBytes);
});

/** Graphs without a layer, with views of inputs, of constants, of views, and with several inputs and outputs. */
const shapes: Readonly<Record<string, () => Graph>> = {
  'an input that is the output': () => {
    const b = graphBuilder('nothing');
    return b.build(b.input('x', int8([1, 4])));
  },
  'views alone': () => {
    const b = graphBuilder('views');
    const x = b.input('x', int8([2, 6]));
    const y = b.op('RESHAPE', 'y', [x], {}, int8([3, 4]));
    return b.build(b.op('RESHAPE', 'z', [y], {}, int8([12])), x);
  },
  'a view of a constant': () => {
    const b = graphBuilder('constant');
    const x = b.input('x', int8([1, 4]));
    const c = b.constant('c', { ...int8([4]), data: Int8Array.of(1, -2, 3, -4) });
    const y = b.op('RESHAPE', 'y', [c], {}, int8([1, 4]));
    return b.build(b.op('ADD', 'z', [x, y], { activation: 'NONE' }, int8([1, 4])), y);
  },
  'a tensor added to itself and to what is made of it': () => {
    const b = graphBuilder('diamond');
    const x = b.input('x', int8([1, 9]));
    const other = b.input('other', int8([1, 9]));
    const twice = b.op('ADD', 'twice', [x, x], { activation: 'NONE' }, int8([1, 9]));
    const view = b.op('RESHAPE', 'view', [twice], {}, int8([9, 1]));
    const back = b.op('RESHAPE', 'back', [view], {}, int8([1, 9]));
    const sum = b.op('ADD', 'sum', [twice, other], { activation: 'NONE' }, int8([1, 9]));
    return b.build(b.op('ADD', 'all', [sum, back], { activation: 'RELU' }, int8([1, 9])), view);
  },
};

for (const [name, graph] of Object.entries(shapes)) {
  test(`${name}: C and simulator agree`, () => proveGraphs([graph()]));
}

test('a view made late is listed with the layer that wrote what it shows', async () => {
  const b = graphBuilder('late_view');
  const x = b.input('x', int8([1, 9]));
  const twice = b.op('ADD', 'twice', [x, x], { activation: 'NONE' }, int8([1, 9]));
  const more = b.op('ADD', 'more', [twice, x], { activation: 'NONE' }, int8([1, 9]));
  const view = b.op('RESHAPE', 'view', [twice], {}, int8([9, 1]));
  const graph = b.build(more, view);
  const { sources } = compile(graph, host);
  assert.deepEqual(
    sources.tensors.map((t) => [t.name, t.layer]),
    [
      ['twice', 0],
      ['view', 0],
      ['more', 1],
    ],
  );
  const simulator = createSimulator(graph);
  const sample = Uint8Array.of(0, 1, 2, 3, 127, 128, 200, 254, 255);
  simulator.setInputs(sample);
  simulator.run();
  const expected = Buffer.concat(sources.tensors.map((t) => simulator.tensorBytes(t.index)));
  await withTemporaryFolder(async (folder) => {
    const dump = await runHost(await buildHost(sources, folder), sample, { tensors: true });
    assert.deepEqual([...dump], [...expected]);
  });
});

test('what a layer writes is listed with the layer after which it can be read', () => {
  const graph = shapes['a tensor added to itself and to what is made of it']!();
  const { sources } = compile(graph, host);
  const names = sources.tensors.map((t) => [t.name, t.layer]);
  assert.deepEqual(names, [
    ['twice', 0],
    ['view', 0],
    ['sum', 1],
    ['all', 2],
  ]);
  assert.deepEqual(
    sources.layers.map((l) => l.name),
    ['twice', 'sum', 'all'],
  );
});
