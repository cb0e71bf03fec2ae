import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFit, compile } from '../../src/compile.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import { analyze, formatAnalysis } from '../../src/report/analyze.js';
import { pico } from '../../targets/pico.js';
import { fixtures, kws, vww } from '../support/models.js';
import { Network } from '../support/network.js';

test('a sound model: every op, and the sizes that its C will have', () => {
  const graph = kws();
  const analysis = analyze(graph, checkGraph(graph), pico);
  const { sources } = compile(graph, pico);
  assert.equal(analysis.arenaBytes, sources.arenaBytes);
  assert.equal(analysis.weightsBytes, sources.weightsBytes);
  assert.equal(analysis.fits, true);
  assert.deepEqual([analysis.unsupported, analysis.problems], [[], []]);
  // MLPerf Tiny KWS: a convolution of 10×4, four blocks of 3×3 and 1×1 over 25×5×64, a dense layer of 64×12.
  const image = 25 * 5 * 64;
  assert.equal(analysis.macs, image * 40 + 4 * image * (9 + 64) + 64 * 12);
  assert.equal(analysis.params, 64 * 41 + 4 * (64 * 10 + 64 * 65) + 12 * 65);
  assert.deepEqual(analysis.ops[0], {
    index: 0,
    name: 'conv_1',
    type: 'CONV_2D',
    supported: true,
    macs: image * 40,
    inputs: [[1, 49, 10, 1], [64, 10, 4, 1], [64]],
    outputs: [[1, 25, 5, 64]],
    dtype: 'int8',
    params: 64 * 41,
    weightsBytes: 64 * 44,
  });
  assert.deepEqual(analysis.outputs, [
    { name: 'softmax_13', dtype: 'int8', shape: [1, 12], scale: 1 / 256, zeroPoint: -128 },
  ]);
  const text = formatAnalysis(analysis);
  assert.match(text, /13 ops, 2,656,768 MACs, 22,604 parameters/);
  assert.match(text, /fits pico$/);
});

test('how data are fed, where the model records it', () => {
  const normalization = [{ mean: [-1.5, 2], std: [4, 5] }];
  const n = new Network('fed', 'float32', 1);
  const graph = { ...n.build(n.dense(n.input([1, 2]), 2)), normalization, classes: ['no', 'yes'] };
  const analysis = analyze(graph, []);
  assert.deepEqual(analysis.inputs[0]!.normalization, normalization[0]);
  assert.deepEqual(analysis.classes, ['no', 'yes']);
  const text = formatAnalysis(analysis);
  assert.match(text, /^input .*\[1, 2\], of data x as \(x \+ 1\.5\) \/ 4 in channel 0 of 2$/m);
  assert.match(text, /^classes no, yes$/m);
  const plain = analyze(fixtures.dense!(), []);
  assert.equal(plain.classes, null);
  assert.ok(!('normalization' in plain.inputs[0]!));
});

test('a model too large says by how much, and by how much only', () => {
  const n = new Network('large', 'int8', 1);
  const x = n.conv(n.input([1, 400, 400, 1]), 4, { kernel: [3, 3], padding: 'VALID' });
  const graph = n.build(n.conv(x, 4, { kernel: [3, 3] }));
  const analysis = analyze(graph, [], pico);
  assert.equal(analysis.fits, false);
  assert.deepEqual(analysis.problems, checkFit(compile(graph, pico).sources, pico));
  assert.match(formatAnalysis(analysis), /arena needs \d+ bytes of RAM[\s\S]*does not fit pico$/);
  assert.equal(analyze(vww(), [], pico).fits, true);
});

test('unsupported ops: the whole model, and every reason at once', () => {
  const b = graphBuilder('partly');
  const int8 = { shape: [1, 4], dtype: 'int8' } as const;
  const x = b.input('x', int8);
  const svdf = b.op('UNSUPPORTED', 'svdf', [x], { builtin: 'SVDF', version: 3 }, int8);
  const relu = b.op('RELU', 'relu', [svdf], {}, int8);
  const lstm = b.op('UNSUPPORTED', 'lstm', [relu], { builtin: 'LSTM', version: 1 }, int8);
  const graph = b.build(lstm);
  const analysis = analyze(graph, checkGraph(graph), pico);
  assert.deepEqual(
    analysis.ops.map((op) => [op.type, op.supported]),
    [
      ['SVDF', false],
      ['RELU', false],
      ['LSTM', false],
    ],
  );
  assert.deepEqual(
    analysis.unsupported.map((op) => op.index),
    [0, 1, 2],
  );
  assert.match(analysis.unsupported[1]!.reasons[0]!, /scale/);
  assert.deepEqual([analysis.arenaBytes, analysis.fits], [null, false]);
  const text = formatAnalysis(analysis);
  assert.match(text, /op 0 SVDF "svdf": SVDF \(version 3\) is not supported/);
  assert.match(text, /cannot be compiled for pico; `crimp supported-ops` lists what can be$/);
});
