/** All functions of one value and their like, in one program: the emitted C equals the simulator. Values: one file each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { elementCount } from '../../src/graph/access.js';
import { dumpGraph } from '../../src/graph/dump.js';
import type { Tensor } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { elementwiseGraph, elementwiseTypes, int8Types } from '../property/arbitraries/elementwise.js';
import { proveGraphs } from '../property/harness.js';
import { random, randomActivation, randomData } from '../property/random.js';
import { oneValueOp, reals } from '../support/one_value.js';
import { runTflite } from '../support/tfjs_tflite.js';

const graphs = elementwiseTypes.flatMap((type) =>
  fc.sample(elementwiseGraph(type), { numRuns: 10, seed: 1 }),
);

/** float32 of every size for those that make no NaN of a number, whose sign would be the machine's, but on purpose. */
const everywhere = elementwiseTypes
  .filter((type) => !['HARD_SWISH', 'LEAKY_RELU', 'PRELU', 'LOG_SOFTMAX', 'L2_NORMALIZATION'].includes(type))
  .map((type) => oneValueOp(type, 'float32', 'float32', {}, reals.length));

test('functions of one value: the emitted C equals the simulator', () =>
  proveGraphs([...graphs, ...everywhere], {
    activation: (tensor, sample, rng) =>
      tensor.shape[0] === reals.length ? Float32Array.from(reals) : randomActivation(tensor, sample, rng),
  }));

test('laid over their inputs to the byte', () => {
  const narrow = int8Types.flatMap((type) =>
    fc.sample(elementwiseGraph(type, ['int8']), { numRuns: 2, seed: 2 }),
  );
  return proveGraphs(narrow, { alignment: 1 });
});

test('all come back from a .tflite file as they went', () => {
  for (const graph of graphs) {
    const again = importModel(exportTflite(graph), { name: graph.name });
    assert.deepEqual(again.ops, graph.ops);
    assert.deepEqual(again.tensors.map(withoutData), graph.tensors.map(withoutData));
  }
});

function withoutData({ name, dtype, shape, quantization }: Tensor) {
  return { name, dtype, shape, quantization };
}

test('TensorFlow Lite computes nearly the same from the exported files', async () => {
  const answered = new Set<string>();
  for (const [i, graph] of graphs.entries()) {
    const simulator = createSimulator(graph);
    const rng = random(i);
    const inputs = graph.inputs.map((t) => {
      const { dtype, shape, quantization } = graph.tensors[t]!;
      const least = quantization?.zeroPoint[0] ?? 0.01;
      const data = randomData(dtype, elementCount(shape), rng, least);
      (simulator.memory[t] as Int8Array).set(data as Int8Array);
      return data;
    });
    simulator.run();
    // It refuses types that it has no kernel for.
    const outputs = await runTflite(exportTflite(graph), inputs).catch(() => undefined);
    if (!outputs) continue;
    const y = graph.outputs[0]!;
    const { type } = graph.ops[0]!;
    answered.add(`${type} ${graph.tensors[y]!.dtype}`);
    const expected = Array.from(simulator.memory[y]!, Number);
    const tolerance =
      graph.tensors[y]!.dtype === 'float32' ? 1e-5 : graph.tensors[y]!.dtype === 'int8' ? 1 : 16;
    Array.from(outputs[0]!, Number).forEach((actual, k) => {
      const limit = tolerance * (tolerance < 1 ? Math.max(1, Math.abs(expected[k]!)) : 1);
      assert.ok(
        Math.abs(actual - expected[k]!) <= limit,
        `${dumpGraph(graph)} ${k}: ${actual}, not ${expected[k]}`,
      );
    });
  }
  for (const type of elementwiseTypes) assert.ok(answered.has(`${type} float32`), type);
  for (const type of int8Types) assert.ok(answered.has(`${type} int8`), type);
});
