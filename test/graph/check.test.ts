import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perChannel } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { AnyOp, Graph, Tensor } from '../../src/graph/graph.js';
import { fixtures } from '../support/models.js';

const sound = fixtures.conv!('int8');

function problems(change: Partial<Graph>): string[] {
  return checkGraph({ ...sound, ...change }).map((d) => `${d.code}: ${d.message}`);
}

function withTensor(index: number, change: Partial<Tensor>): Partial<Graph> {
  return { tensors: sound.tensors.map((t, i) => (i === index ? { ...t, ...change } : t)) };
}

function withOp(index: number, change: Partial<AnyOp>): Partial<Graph> {
  return { ops: sound.ops.map((op, i) => (i === index ? ({ ...op, ...change } as AnyOp) : op)) };
}

function assertFound(change: Partial<Graph>, pattern: RegExp): void {
  const found = problems(change);
  assert.ok(
    found.some((p) => pattern.test(p)),
    `${pattern} is not in ${JSON.stringify(found)}`,
  );
}

test('sound graphs have no problems', () => {
  for (const model of Object.values(fixtures)) {
    assert.deepEqual(checkGraph(model('int8')), []);
    assert.deepEqual(checkGraph(model('float32')), []);
  }
});

test('indices', () => {
  assertFound({ inputs: [] }, /no input/);
  assertFound({ outputs: [] }, /no output/);
  assertFound({ inputs: [99] }, /graph input 99 is not one of 10 tensors/);
  assertFound({ outputs: [-1] }, /graph output -1/);
  assertFound(withOp(0, { inputs: [0, 1.5, 2] }), /input 1 is tensor 1.5/);
  assertFound(withOp(0, { outputs: [10] }), /output 0 is tensor 10 of 10/);
});

test('order and writers', () => {
  assertFound({ ops: [...sound.ops].reverse() }, /read before anything has written it/);
  assertFound(withOp(1, { outputs: [sound.ops[0]!.outputs[0]!] }), /already has a writer/);
  assertFound(withOp(2, { outputs: [1] }), /output 0 "conv_1\/weights" is a constant/);
  assertFound({ inputs: [0, 0] }, /an input of the graph twice/);
  assertFound({ inputs: [0, 1] }, /a constant and an input/);
  assertFound({ ops: sound.ops.slice(0, 2) }, /an output that no op writes/);
});

test('names are unique', () => {
  assertFound(withOp(1, { name: sound.ops[0]!.name }), /the name of an earlier op/);
  assertFound(withTensor(1, { name: 'input' }), /the name of an earlier tensor/);
});

test('tensors', () => {
  assertFound(withTensor(0, { shape: [1, -9, 7, 3] }), /the shape \[1, -9, 7, 3\]/);
  assertFound(withTensor(0, { shape: [1, 0, 7, 3] }), /has no elements/);
  assertFound(withTensor(1, { data: new Int8Array(3) }), /3 elements of data for the shape/);
  assertFound(withTensor(1, { quantization: perChannel(new Float32Array(4), 0) }), /4 scales along axis 0/);
  const halves = { scale: Float32Array.of(1, 2), zeroPoint: Int32Array.of(0), axis: 0 };
  assertFound(withTensor(0, { quantization: halves }), /2 scales and 1 zero points/);
  assertFound(
    withTensor(0, { quantization: perChannel(Float32Array.of(Number.NaN), 0) }),
    /a scale that is not a number/,
  );
});

test('a graph that no machine can hold is refused', () => {
  const big = { name: 'big', dtype: 'int8', shape: [1 << 15, 1 << 15, 2] } as const;
  assertFound({ tensors: [...sound.tensors, big] }, /model-too-large.*take \d+ bytes/);
});

test('declared shapes are those that the ops give', () => {
  const [found] = problems(withTensor(3, { shape: [1, 5, 6, 5] }));
  assert.match(found!, /\[1, ?5, ?6, ?5\].*\[1, ?5, ?7, ?5\]|\[1, ?5, ?7, ?5\].*\[1, ?5, ?6, ?5\]/);
});

test('each problem of an op says where it is', () => {
  const b = graphBuilder('svdf');
  const x = b.input('x', { shape: [1, 2], dtype: 'int8' });
  const y = b.op(
    'UNSUPPORTED',
    'state',
    [x],
    { builtin: 'SVDF', version: 3 },
    { shape: [1, 2], dtype: 'int8' },
  );
  const [found, ...rest] = checkGraph(b.build(y));
  assert.deepEqual(rest, []);
  assert.equal(found!.code, 'unsupported-op');
  assert.deepEqual(found!.where, { op: { index: 0, type: 'SVDF', name: 'state' } });
});

test('all problems come at once', () => {
  const found = problems({ ...withTensor(1, { data: new Int8Array(3) }), outputs: [77] });
  assert.equal(found.length, 2);
});
