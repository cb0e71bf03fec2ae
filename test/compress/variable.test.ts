/** Variables are quantized on one scale with what is read from and assigned to them, from what they start from onwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { channelGroups } from '../../src/compress/prune/channel_groups.js';
import { removeChannels } from '../../src/compress/prune/remove_channels.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { scaleOf, zeroPointOf } from '../../src/graph/access.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { AnyOp, Graph } from '../../src/graph/graph.js';
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

test('channels go from layers around a variable, which keeps its own', () => {
  const b = graphBuilder('around');
  const shape = (n: number) => ({ dtype: 'float32', shape: [1, n] }) as const;
  const dense = (name: string, x: number, inputs: number, outputs: number) => {
    const data = Float32Array.from({ length: inputs * outputs }, (_, i) => Math.sin(i + 1));
    const weights = b.constant(`${name}_w`, { dtype: 'float32', shape: [outputs, inputs], data });
    const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
    return b.op('FULLY_CONNECTED', name, [x, weights], attributes, shape(outputs));
  };
  const hidden = dense('hidden', b.input('x', shape(3)), 3, 6);
  const next = dense('next', hidden, 6, 4);
  const variable = b.state('variable', shape(4));
  const y = b.op('READ_VARIABLE', 'y', [variable], {}, shape(4));
  const graph = b.build(y);
  const assign = { type: 'ASSIGN_VARIABLE', name: 'assign', outputs: [], attributes: {} };
  const ops = [...graph.ops, { ...assign, inputs: [variable, next] } as unknown as AnyOp];
  const whole = { ...graph, ops };
  const groups = channelGroups(whole);
  assert.deepEqual(
    groups.families.map((family) => family.length),
    [6],
  );
  const pruned = removeChannels(whole, groups.families[0]!.slice(0, 2), groups);
  assert.deepEqual(checkGraph(pruned), []);
  assert.deepEqual(
    pruned.ops.flatMap((op) => op.outputs.map((t) => pruned.tensors[t]!.shape[1])),
    [4, 4, 4],
  );
});
