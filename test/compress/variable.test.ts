/** Variables are quantized on one scale with what is read from and assigned to them, from what they start from onwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { scaleOf, zeroPointOf } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { variableGraph } from '../property/arbitraries/variable.js';
import { random, randomData } from '../property/random.js';

/** The outputs' real values of each sample, one after another. */
function stream(graph: Graph, samples: readonly Float32Array[]): number[] {
  const simulator = createSimulator(graph);
  const [x] = graph.inputs;
  const tensor = graph.tensors[x!]!;
  const quantized = tensor.dtype !== 'float32';
  return samples.flatMap((values) => {
    const written = quantized
      ? values.map((v) => Math.round(v / scaleOf(tensor)) + zeroPointOf(tensor))
      : values;
    (simulator.memory[x!] as Float32Array).set(written);
    simulator.run();
    return graph.outputs.flatMap((t) => {
      const output = graph.tensors[t]!;
      const real = (q: number) => (quantized ? (q - zeroPointOf(output)) * scaleOf(output) : q);
      return Array.from(simulator.memory[t] as Float32Array, real);
    });
  });
}

test('a variable keeps its scale, and its stream what it is worth', () => {
  const drawn = fc.sample(variableGraph, { numRuns: 30, seed: 1 });
  const floats = drawn.filter((g) => g.tensors[g.inputs[0]!]!.dtype === 'float32');
  assert.ok(floats.length > 5);
  for (const graph of floats) {
    const rng = random(7);
    const n = graph.tensors[graph.inputs[0]!]!.shape[1]!;
    const samples = Array.from({ length: 6 }, () => randomData('float32', n, rng) as Float32Array);
    const inputs = [Float32Array.from(samples.flatMap((s) => [...s]))];
    for (const activations of ['int8', 'int16'] as const) {
      const quantized = quantize(
        graph,
        { count: samples.length, inputs },
        { activations, allowCollapse: true },
      ).graph;
      assert.deepEqual(checkGraph(quantized), []);
      assert.equal(quantized.tensors.find((t) => t.initial)!.dtype, activations);
      const [expected, actual] = [stream(graph, samples), stream(quantized, samples)];
      const step = scaleOf(quantized.tensors[quantized.outputs[0]!]!);
      expected.forEach((v, i) => {
        assert.ok(Math.abs(v - actual[i]!) <= step, `${actual[i]} for ${v}`);
      });
    }
  }
});
