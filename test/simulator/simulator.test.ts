import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError } from '../../src/diagnostics.js';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { fixtures } from '../support/models.js';

const int8 = (shape: number[]) => ({ dtype: 'int8' as const, shape, quantization: perTensor(1, 0) });

test('inputs and outputs are raw little-endian tensors, in order', () => {
  const b = graphBuilder('types');
  const inputs = [
    b.input('a', int8([2])),
    b.input('b', { dtype: 'int16', shape: [2] }),
    b.input('c', { dtype: 'int4', shape: [3] }),
    b.input('d', { dtype: 'float32', shape: [] }),
    b.input('e', { dtype: 'int64', shape: [1] }),
  ];
  const simulator = createSimulator(b.build(...inputs));
  const bytes = Uint8Array.of(
    1,
    255,
    2,
    1,
    0,
    128,
    0xf7,
    0x08,
    0,
    0,
    192,
    63,
    254,
    255,
    255,
    255,
    255,
    255,
    255,
    255,
  );
  simulator.setInputs(bytes);
  assert.deepEqual(simulator.memory, [
    Int8Array.of(1, -1),
    Int16Array.of(258, -32768),
    Int8Array.of(7, -1, -8),
    Float32Array.of(1.5),
    BigInt64Array.of(-2n),
  ]);
  assert.deepEqual(simulator.outputs(), bytes);
});

test('a sample of another size is refused with both sizes', () => {
  const b = graphBuilder('one');
  const simulator = createSimulator(b.build(b.input('x', int8([4]))));
  assert.throws(
    () => simulator.setInputs(new Uint8Array(5)),
    (e) =>
      e instanceof CrimpError && e.diagnostics[0]!.code === 'input-size' && /4 bytes, not 5/.test(e.message),
  );
});

test('a run depends on nothing but its inputs, and layers one by one give the same', () => {
  for (const [name, model] of Object.entries(fixtures)) {
    const graph = model();
    const simulator = createSimulator(graph);
    const sample = (seed: number) =>
      new Uint8Array(simulator.inputBytes).map((_, i) => (i * seed * 31) & 255);
    const run = (seed: number) => {
      simulator.setInputs(sample(seed));
      simulator.run();
      return simulator.outputs();
    };
    const first = run(1);
    run(2);
    assert.deepEqual(run(1), first, name);

    const stepped = createSimulator(graph);
    stepped.setInputs(sample(1));
    for (let i = 0; i < graph.ops.length; i++) stepped.runLayer(i);
    assert.deepEqual(stepped.outputs(), first, name);
  }
});

test('what is handed out is a copy', () => {
  const simulator = createSimulator(fixtures.dense!());
  const before = simulator.outputs();
  simulator.outputs().fill(77);
  assert.deepEqual(simulator.outputs(), before);
});
