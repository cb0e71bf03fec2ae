import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { Tensor } from '../../src/graph/graph.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { causesOf } from '../../src/runtimes/causes/explain.js';
import { quantizedToEven } from '../../src/runtimes/causes/quantize.js';
import { comparer } from '../../src/runtimes/compare.js';
import { channelsTo } from '../../src/runtimes/onnxruntime.js';
import { compareOutputs } from '../../src/runtimes/outputs.js';
import type { Runtime } from '../../src/runtimes/runtime.js';
import { createSimulator } from '../../src/simulator/simulator.js';

const scores: Tensor = { name: 's', dtype: 'int8', shape: [1, 2], quantization: perTensor(0.5, 1) };

test('the figures are what they are called', () => {
  const compare = comparer(scores);
  compare.add(0, Int8Array.of(3, 1), Int8Array.of(3, 1));
  compare.add(1, Int8Array.of(5, 1), Int8Array.of(1, 3));
  const result = compare.result();
  // Real values: crimp 1, 0, 2, 0; the runtime 1, 0, 0, 1.
  assert.equal(result.exact, 0.5);
  assert.deepEqual([result.maxSteps, result.maxDifference, result.largest], [4, 2, 1]);
  assert.ok(Math.abs(result.cosine! - 1 / Math.sqrt(5 * 2)) < 1e-12);
  assert.ok(Math.abs(result.sqnr! - 10 * Math.log10(2 / 5)) < 1e-12);
  assert.equal(result.top1, 0.5);
  assert.deepEqual(result.first, { sample: 1, index: 0, crimp: 5, runtime: 1 });
  assert.deepEqual(result.worst, result.first);
});

test('values that are not finite, and outputs of another size, never pass for equal', () => {
  const float = comparer({ name: 'f', dtype: 'float32', shape: [3] });
  float.add(0, Float32Array.of(NaN, 0, 1), Float32Array.of(NaN, -0, Infinity));
  const result = float.result();
  assert.deepEqual([result.different, result.maxDifference, result.first!.index], [1, null, 2]);
  const short = comparer(scores);
  short.add(0, Int8Array.of(1, 2), Int8Array.of(1));
  assert.deepEqual([short.result().incomparable, short.result().exact], [true, 0]);
});

test('one value that a runtime gives wrong shows, with its sample and index', async () => {
  const b = graphBuilder('relu');
  const spec = { shape: [1, 6], dtype: 'int8' as const, quantization: perTensor(0.1, 0) };
  const graph = b.build(b.op('RELU', 'y', [b.input('x', spec)], {}, spec));
  let runs = 0;
  const faulty: Runtime = {
    name: 'Faulty',
    version: '1',
    async run([x]) {
      const data = Int8Array.from(x as Int8Array, (q) => Math.max(q, 0));
      if (++runs === 3) data[4] = data[4]! + 1;
      return [{ name: 'y', dtype: 'int8', shape: [1, 6], data }];
    },
    async close() {},
  };
  const { agreements } = await compareOutputs(graph, faulty, randomSamples(graph, 4));
  const { different, first } = agreements[0]!;
  assert.equal(different, 1);
  assert.deepEqual([first!.sample, first!.index, first!.runtime - first!.crimp], [2, 4, 1]);
});

test('channels move to either end and back', () => {
  const shape = [2, 3, 4, 5];
  const nchw = Float32Array.from({ length: 120 }, (_, i) => i);
  const nhwc = channelsTo(-1, nchw, shape);
  assert.equal(nhwc[1], 20);
  assert.deepEqual(channelsTo(1, nhwc, [2, 4, 5, 3]), nchw);
});

test('a QUANTIZE that rounds halves to even is told from TFLM’s', () => {
  const b = graphBuilder('halves');
  const x = b.input('x', { dtype: 'float32', shape: [4] });
  const spec = { dtype: 'int8', shape: [4], quantization: perTensor(0.5, 10) } as const;
  const graph = b.build(b.op('QUANTIZE', 'y', [x], {}, spec));
  const { memory, run } = createSimulator(graph);
  (memory[0] as Float32Array).set([0.25, 0.75, 1.25, -1.25]);
  run();
  assert.deepEqual([...(memory[1] as Int8Array)], [11, 12, 13, 7]);
  const theirs = Int8Array.of(10, 12, 12, 8);
  assert.deepEqual(quantizedToEven(graph.ops[0]!, graph, memory), theirs);
  for (const kernels of ['onnx', 'tflite'] as const) {
    const causes = causesOf(graph.ops[0]!, graph, memory, theirs, new Map(), kernels);
    assert.equal(causes[0], 'halves-to-even');
  }
});
