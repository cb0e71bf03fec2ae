/** Constants and ops that are there twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { optimize } from '../../src/passes/index.js';
import { removeDuplicateOps } from '../../src/passes/remove_duplicate_ops.js';
import { shareConstants } from '../../src/passes/share_constants.js';
import { movementGraph } from '../property/arbitraries/movement.js';
import { svdfGraph } from '../property/arbitraries/svdf.js';
import { variableGraph } from '../property/arbitraries/variable.js';
import { proveSame } from './prove.js';

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
const plain = { activation: 'NONE' } as const;
const names = ({ ops }: Graph) => ops.map((op) => op.name);

/** Two branches that begin alike and part in the end. */
function branches() {
  const g = graphBuilder('g');
  const x = g.input('x', float(1, 4));
  const branch = (name: string, last: 'SIN' | 'COS') => {
    const c = g.constant(`${name}_c`, { ...float(1, 4), data: Float32Array.of(1, 2, 3, 4) });
    const sum = g.op('ADD', `${name}_sum`, [x, c], plain, float(1, 4));
    const negative = g.op('NEG', `${name}_neg`, [sum], {}, float(1, 4));
    return g.op(last, `${name}_last`, [negative], {}, float(1, 4));
  };
  return { g, outputs: [branch('a', 'SIN'), branch('b', 'COS'), branch('c', 'SIN')] };
}

test('branches are one as far as they are alike; outputs of the graph stay apart', () => {
  const { g, outputs } = branches();
  const graph = g.build(...outputs);
  assert.equal(removeDuplicateOps(graph), graph, 'the constants have to be shared first');
  const shared = proveSame(graph, shareConstants(graph));
  assert.equal(new Set(shared.ops.flatMap((op) => op.inputs)).size, 2 + 6);
  assert.equal(shareConstants(shared), shared);
  const after = proveSame(graph, removeDuplicateOps(shared));
  assert.deepEqual(names(after), ['a_sum', 'a_neg', 'a_last', 'b_last', 'c_last']);
  assert.deepEqual(proveSame(graph, optimize(graph)), after);
});

test('the copy that is an output of the graph is the one that stays, for all readers', () => {
  const { g, outputs } = branches();
  const y = g.op('MUL', 'y', [outputs[0]!, outputs[1]!], plain, float(1, 4));
  const graph = g.build(outputs[2]!, y);
  const after = proveSame(graph, optimize(graph));
  assert.deepEqual(names(after), ['a_sum', 'a_neg', 'a_last', 'b_last', 'y']);
  assert.deepEqual(after.ops[2]!.outputs, [outputs[2]!]);
  assert.deepEqual(after.ops.at(-1)!.inputs, [outputs[2]!, outputs[1]!]);
});

test('constants that differ in a bit, a shape or a scale stay, and ops of other attributes or other scales', () => {
  const g = graphBuilder('g');
  const x = g.input('x', { dtype: 'int8', shape: [1, 2], quantization: perTensor(1, 0) });
  const spec = (scale: number, shape = [1, 2]) =>
    ({ dtype: 'int8', shape, quantization: perTensor(scale, 0) }) as const;
  const constants = [
    g.constant('a', { ...spec(1), data: Int8Array.of(1, 2) }),
    g.constant('b', { ...spec(1), data: Int8Array.of(1, 3) }),
    g.constant('c', { ...spec(2), data: Int8Array.of(1, 2) }),
    g.constant('d', { ...spec(1, [2]), data: Int8Array.of(1, 2) }),
  ];
  const sums = constants.map((c, i) => g.op('ADD', `sum_${i}`, [x, c], plain, spec(1)));
  const wide = g.op('ADD', 'wide', [x, constants[0]!], plain, spec(2));
  const clamped = g.op('ADD', 'clamped', [x, constants[0]!], { activation: 'RELU' }, spec(1));
  const graph = g.build(...sums, wide, clamped);
  const apart = g.build(g.op('ADD', 'y', [sums[0]!, wide], plain, spec(1)), clamped);
  for (const each of [graph, apart]) {
    assert.equal(shareConstants(each), each);
    assert.equal(removeDuplicateOps(each), each);
  }
  const floats = graphBuilder('zeros');
  const zeros = [0, -0].map((v, i) => floats.constant(`z${i}`, { ...float(1), data: Float32Array.of(v) }));
  const product = floats.op('ADD', 'y', [zeros[0]!, zeros[1]!], plain, float(1));
  const signed = floats.build(floats.op('ADD', 's', [floats.input('x', float(1)), product], plain, float(1)));
  assert.equal(shareConstants(signed), signed, 'the sign of a zero is a bit as well');
});

/** The graph with every op and every constant twice, and the outputs of both. */
function doubled(graph: Graph): Graph {
  const n = graph.tensors.length;
  const own = graph.tensors.map((tensor, t) => !graph.inputs.includes(t) && !tensor.initial);
  const twin = (t: number) => (t >= 0 && own[t] ? t + n : t);
  return {
    ...graph,
    tensors: [
      ...graph.tensors,
      ...graph.tensors.map((tensor) => ({ ...tensor, name: `${tensor.name}_twin` })),
    ],
    ops: [
      ...graph.ops,
      ...graph.ops.map((op) => ({
        ...op,
        name: `${op.name}_twin`,
        inputs: op.inputs.map(twin),
        outputs: op.outputs.map(twin),
      })),
    ] as Graph['ops'],
    outputs: [...graph.outputs, ...graph.outputs.map(twin)],
  };
}

test('random ops twice: one of them is enough', () => {
  for (const graph of fc.sample(movementGraph, { numRuns: 60, seed: 1 })) {
    const twice = doubled(graph);
    assert.equal(proveSame(twice, removeDuplicateOps(shareConstants(twice)), { samples: 1 }).ops.length, 2);
    const one = { ...twice, outputs: graph.outputs };
    const turned = { ...twice, outputs: twice.outputs.slice(graph.outputs.length) };
    for (const each of [one, turned]) {
      const merged = proveSame(each, removeDuplicateOps(shareConstants(each)), { samples: 1 });
      assert.equal(merged.ops.length, 1);
    }
  }
});

test('what touches state runs as often as before', () => {
  for (const graph of [variableGraph, svdfGraph].flatMap((a) => fc.sample(a, { numRuns: 15, seed: 1 }))) {
    const twice = doubled(graph);
    const merged = proveSame(twice, removeDuplicateOps(shareConstants(twice)));
    const touching = ({ ops, tensors }: Graph) =>
      ops.filter((op) => op.inputs.some((t) => tensors[t]?.initial));
    assert.equal(touching(merged).length, touching(twice).length);
  }
});
