/** Operators that only move values are quantized on one scale for all that they touch, and lose nothing more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { elementCount } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { quantizationRules } from '../../src/ops/quantization_rules.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { movements } from '../property/arbitraries/movement.js';
import { random, randomData } from '../property/random.js';
import { codesOf } from '../support/one_op.js';

function drawn(type: keyof typeof movements, seed: number): Graph {
  for (let i = seed; ; i += 100) {
    const graph = movements[type](random(i), 'float32');
    const float = graph.inputs.every((t) => graph.tensors[t]!.dtype === 'float32');
    if (float && codesOf(graph).length === 0) return graph;
  }
}

function real(graph: Graph, inputs: readonly Float32Array[]): number[] {
  const simulator = createSimulator(graph);
  const scaleOf = (t: number) => graph.tensors[t]!.quantization?.scale[0] ?? 1;
  const zeroOf = (t: number) => graph.tensors[t]!.quantization?.zeroPoint[0] ?? 0;
  graph.inputs.forEach((t, i) => {
    const quantized = graph.tensors[t]!.quantization !== undefined;
    const data = simulator.memory[t] as Float32Array;
    data.set(inputs[i]!.map((v) => (quantized ? Math.round(v / scaleOf(t)) + zeroOf(t) : v)));
  });
  simulator.run();
  return graph.outputs.flatMap((t) =>
    Array.from(simulator.memory[t] as Float32Array, (q) => (q - zeroOf(t)) * scaleOf(t)),
  );
}

test('what is moved keeps its scale, whatever the number of inputs and outputs', () => {
  const types = Object.keys(movements) as (keyof typeof movements)[];
  for (const type of types.filter((t) => quantizationRules[t]?.sameAsInput)) {
    for (const activations of ['int8', 'int16'] as const) {
      const graph = drawn(type, 3);
      const rng = random(5);
      const inputs = graph.inputs.map((t) => {
        return randomData('float32', elementCount(graph.tensors[t]!.shape), rng) as Float32Array;
      });
      const quantized = quantize(graph, { count: 1, inputs }, { activations, allowCollapse: true }).graph;
      assert.deepEqual(checkGraph(quantized), [], type);
      const moved = quantized.tensors.filter((t) => t.dtype === activations);
      const [{ quantization }] = moved as [(typeof moved)[0]];
      for (const t of moved) assert.deepEqual(t.quantization, quantization, type);
      const [expected, actual] = [real(graph, inputs), real(quantized, inputs)];
      const step = quantization!.scale[0]!;
      expected.forEach((v, i) => {
        assert.ok(Math.abs(v - actual[i]!) <= step, `${type} ${activations}: ${actual[i]} for ${v}`);
      });
    }
  }
});
