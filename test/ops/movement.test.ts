/** All operators that only move values, in one program: the emitted C equals the simulator. Their values: one file each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { byteSize, elementCount } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import { dumpGraph } from '../../src/graph/dump.js';
import type { AnyOp, Graph, OpType, Tensor } from '../../src/graph/graph.js';
import { mergeLoops } from '../../src/ops/movement.js';
import { plan } from '../../src/planner/planner.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';
import { movementGraph, movements } from '../property/arbitraries/movement.js';
import { proveGraphs } from '../property/harness.js';
import { type Random, random, randomActivation, randomData } from '../property/random.js';
import { runTflite } from '../support/tfjs_tflite.js';

/** Numbers of entries, mostly within them. */
function activation(tensor: Tensor, sample: number, rng: Random) {
  const isIndex = tensor.dtype === 'int32' && tensor.name === 'x1';
  return isIndex && sample < 2
    ? randomData('int32', byteSize(tensor) / 4, rng, -2, 6)
    : randomActivation(tensor, sample, rng);
}

test('operators that move values: the emitted C equals the simulator', () =>
  proveGraphs(fc.sample(movementGraph, { numRuns: 300, seed: 1 }), { activation }));

test('outputs laid over dying inputs to the byte lose nothing', async () => {
  const narrow = (graph: Graph) => graph.tensors.every((t) => byteSize({ ...t, shape: [1] }) === 1 || t.data);
  const graphs = fc.sample(movementGraph.filter(narrow), { numRuns: 100, seed: 2 });
  await proveGraphs(graphs, { alignment: 1 });
  const saved = graphs.filter((graph) => {
    const { arenaBytes } = plan(lower(graph, host), graph, { alignment: 1 });
    const all = [...new Set([...graph.inputs, ...graph.outputs])];
    return arenaBytes < all.reduce((n, t) => n + byteSize(graph.tensors[t]!), 0);
  });
  assert.ok(saved.length > 30, `${saved.length}`);
});

/** What the interpreter is too old for, or computes otherwise: TFLM reverses several axes, it only the first. */
function beyondTflite({ ops: [op], tensors }: Graph): boolean {
  const { type, inputs } = op!;
  return type === 'REVERSE_V2' && tensors[inputs[1]!]!.shape[0]! > 1;
}

test('TensorFlow Lite moves values to the same places', async () => {
  const graphs = fc.sample(
    movementGraph.filter((graph) => !beyondTflite(graph)),
    { numRuns: 500, seed: 3 },
  );
  const answered = new Map<string, number>();
  for (const [i, graph] of graphs.entries()) {
    const rng = random(i);
    const simulator = createSimulator(graph);
    const inputs = graph.inputs.map((t) => {
      const data = inRange(graph, t, rng);
      (simulator.memory[t] as Int8Array).set(data as Int8Array);
      return data;
    });
    simulator.run();
    // It refuses types and ranks that it has no kernel for.
    const outputs = await runTflite(exportTflite(graph), inputs).catch(() => undefined);
    if (!outputs) continue;
    const { type } = graph.ops[0]!;
    answered.set(type, (answered.get(type) ?? 0) + 1);
    graph.outputs.forEach((t, o) => {
      assert.deepEqual(
        Array.from(outputs[o]!, Number),
        Array.from(simulator.memory[t]!, Number),
        dumpGraph(graph),
      );
    });
  }
  for (const type of Object.keys(movements)) assert.ok((answered.get(type) ?? 0) > 2, type);
});

/** Random values; numbers of entries only such as there are. */
function inRange(graph: Graph, t: number, rng: Random) {
  const { dtype, shape } = graph.tensors[t]!;
  const [op] = graph.ops as [Graph['ops'][number]];
  if (!op.type.startsWith('GATHER') || t !== op.inputs[1]) return randomData(dtype, elementCount(shape), rng);
  const entries = graph.tensors[op.inputs[0]!]!.shape;
  const axis = op.type === 'GATHER' ? op.attributes.axis : 0;
  return Int32Array.from({ length: elementCount(shape) }, (_, i) => {
    return rng.int(0, (op.type === 'GATHER' ? entries.at(axis)! : entries[i % shape.at(-1)!]!) - 1);
  });
}

test('parts of a tensor live on as long as something reads them, and one that nothing reads is only written', async () => {
  const float = (name: string, ...shape: number[]): Tensor => ({ name, dtype: 'float32', shape });
  const axis: Tensor = { name: 'axis', dtype: 'int32', shape: [], data: Int32Array.of(2) };
  const tensors = [
    axis,
    float('x', 2, 2, 6),
    ...['a', 'b', 'c', 'sum'].map((name) => float(name, 2, 2, 2)),
    float('back', 2, 2, 2, 2),
    float('shuffled', 2, 2, 2, 2),
    float('y', 2, 2, 4),
  ];
  const perm: Tensor = { name: 'perm', dtype: 'int32', shape: [4], data: Int32Array.of(0, 1, 3, 2) };
  const op = (type: OpType, inputs: number[], outputs: number[], attributes: object = {}) =>
    ({ type, name: tensors[outputs[0]!]!.name, inputs, outputs, attributes }) as unknown as AnyOp;
  const graph: Graph = {
    name: 'shuffle',
    tensors: [...tensors, perm],
    ops: [
      op('SPLIT', [0, 1], [2, 3, 4], { numSplits: 3 }),
      op('ADD', [2, 3], [5], { activation: 'NONE' }),
      op('PACK', [5, 2], [6], { valuesCount: 2, axis: 2 }),
      op('TRANSPOSE', [6, 9], [7]),
      op('RESHAPE', [7], [8], { newShape: [2, 2, 4] }),
    ],
    inputs: [1],
    outputs: [8, 5],
  };
  assert.deepEqual(checkGraph(graph), []);
  await proveGraphs([graph]);
});

test('loops that go on where the inner one ends are one', () => {
  const loops = [
    { count: 2, from: 12, to: 12 },
    { count: 1, from: 99, to: 7 },
    { count: 3, from: 4, to: 4 },
    { count: 4, from: 1, to: 1 },
  ];
  assert.deepEqual(mergeLoops(loops), [{ count: 24, from: 1, to: 1 }]);
  assert.deepEqual(mergeLoops(loops.map((l) => ({ ...l, to: 4 * l.to }))), [{ count: 24, from: 1, to: 4 }]);
  const backwards = [
    { count: 3, from: -4, to: 4 },
    { count: 4, from: -1, to: 1 },
  ];
  assert.deepEqual(mergeLoops(backwards), [{ count: 12, from: -1, to: 1 }]);
  assert.deepEqual(mergeLoops([]), [{ count: 1, from: 1, to: 1 }]);
});
