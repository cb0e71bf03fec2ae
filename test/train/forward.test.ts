/** The trainable model computes what the simulator does, and its gradients are the same on both backends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import fc from 'fast-check';
import { assetPath } from '../../src/assets.js';
import { elementCount } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { forward, isTrainable } from '../../src/train/forward.js';
import { type Backend, loadTensorflow } from '../../src/train/tensorflow.js';
import { batchMatmulGraph } from '../property/arbitraries/batch_matmul.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { concatenationGraph } from '../property/arbitraries/concatenation.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { elementwiseGraph, elementwiseTypes } from '../property/arbitraries/elementwise.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { movementGraph } from '../property/arbitraries/movement.js';
import { pairGraph } from '../property/arbitraries/pair.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { meanGraph, padGraph, reductionGraph } from '../property/arbitraries/reduce.js';
import { softmaxGraph } from '../property/arbitraries/softmax.js';
import { transposeConvGraph } from '../property/arbitraries/transpose_conv.js';
import { random, randomData } from '../property/random.js';

const samples = 3;

/** Samples of each input, one after the other. */
function inputsOf(graph: Graph, seed: number): Float32Array[] {
  const rng = random(seed);
  return graph.inputs.map((t) => {
    const n = samples * elementCount(graph.tensors[t]!.shape);
    return randomData('float32', n, rng, -2, 2) as Float32Array;
  });
}

/** The first output of every sample. */
function simulated(graph: Graph, inputs: readonly Float32Array[]): number[] {
  const simulator = createSimulator(graph);
  return Array.from({ length: samples }, (_, i) => {
    graph.inputs.forEach((t, k) => {
      const n = elementCount(graph.tensors[t]!.shape);
      (simulator.memory[t] as Float32Array).set(inputs[k]!.subarray(i * n, (i + 1) * n));
    });
    simulator.run();
    return [...(simulator.memory[graph.outputs[0]!] as Float32Array)];
  }).flat();
}

function tensorsOf(tf: Awaited<ReturnType<typeof loadTensorflow>>, graph: Graph, inputs: Float32Array[]) {
  return inputs.map((data, k) => tf.tensor(data, [samples, ...graph.tensors[graph.inputs[k]!]!.shape]));
}

async function computed(graph: Graph, inputs: Float32Array[], backend: Backend): Promise<Float32Array> {
  const tf = await loadTensorflow(backend);
  return tf.tidy(() => {
    const values = forward(tf, graph, { weights: new Map(), inputs: tensorsOf(tf, graph, inputs) });
    return values(graph.outputs[0]!).dataSync() as Float32Array;
  });
}

/** Of Σ output · random weights, by every float operand of the graph: inputs and constants. */
async function gradients(graph: Graph, inputs: Float32Array[], backend: Backend): Promise<Float32Array[]> {
  const tf = await loadTensorflow(backend);
  const constants = graph.tensors.flatMap((t, i) => (t.data instanceof Float32Array ? [i] : []));
  const factor = randomData(
    'float32',
    samples * elementCount(graph.tensors[graph.outputs[0]!]!.shape),
    random(5),
  );
  return tf.tidy(() => {
    const given = tensorsOf(tf, graph, inputs);
    const held = constants.map((t) =>
      tf.tensor(graph.tensors[t]!.data as Float32Array, [...graph.tensors[t]!.shape]),
    );
    const sum = (...xs: T.Tensor[]) => {
      const weights = new Map(constants.map((t, i) => [t, xs[given.length + i]!]));
      const y = forward(tf, graph, { weights, inputs: xs.slice(0, given.length) })(graph.outputs[0]!);
      return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.tensor1d(factor as Float32Array))) as T.Scalar;
    };
    return tf
      .grads(sum)([...given, ...held])
      .map((g) => g.dataSync() as Float32Array);
  });
}

function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
) {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < actual.length; i++) {
    const limit = tolerance * Math.max(1, Math.abs(expected[i]!));
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= limit,
      `${what} [${i}]: ${actual[i]} for ${expected[i]}`,
    );
  }
}

const isFloat = (graph: Graph) =>
  graph.inputs.every((t) => graph.tensors[t]!.dtype === 'float32') &&
  graph.tensors[graph.outputs[0]!]!.dtype === 'float32';

/** Behind EXP where only positive numbers have a result. */
const functionOfOneValue: fc.Arbitrary<Graph> = fc
  .constantFrom(...elementwiseTypes.filter((type) => isTrainable(type)))
  .chain((type) => elementwiseGraph(type, ['float32']))
  .map((graph): Graph => {
    const [op] = graph.ops;
    if (!['LOG', 'RSQRT', 'SQRT'].includes(op!.type)) return graph;
    const [positive, y] = [graph.tensors.length, graph.outputs[0]!];
    const exp = { type: 'EXP', name: 'exp', inputs: [0], outputs: [positive], attributes: {} } as const;
    const tensors = [...graph.tensors, { ...graph.tensors[y]!, name: 'exp' }];
    return { ...graph, tensors, ops: [exp, { ...op!, inputs: [positive] }] };
  });

const operators: Record<string, fc.Arbitrary<Graph>> = {
  CONCATENATION: concatenationGraph,
  CONV_2D: conv2dGraph,
  DEPTHWISE_CONV_2D: depthwiseConv2dGraph,
  FULLY_CONNECTED: fullyConnectedGraph,
  TRANSPOSE_CONV: transposeConvGraph,
  BATCH_MATMUL: batchMatmulGraph,
  ADD: binaryGraph('ADD', ['float32']),
  MUL: binaryGraph('MUL', ['float32']),
  SUB: binaryGraph('SUB', ['float32']),
  MAX_POOL_2D: poolGraph('MAX_POOL_2D'),
  AVERAGE_POOL_2D: poolGraph('AVERAGE_POOL_2D'),
  MEAN: meanGraph,
  PAD: padGraph,
  'sums and extremes': fc
    .constantFrom('SUM' as const, 'REDUCE_MAX' as const, 'REDUCE_MIN' as const)
    .chain(reductionGraph),
  'operators of two values': fc
    .constantFrom('DIV' as const, 'MAXIMUM' as const, 'MINIMUM' as const, 'SQUARED_DIFFERENCE' as const)
    .chain(pairGraph),
  SOFTMAX: softmaxGraph,
  'functions of one value': functionOfOneValue,
  'values moved': movementGraph.filter((graph) => graph.ops.every((op) => isTrainable(op.type))),
};

const runs: Readonly<Record<string, number>> = { 'functions of one value': 120, TRANSPOSE_CONV: 10 };

for (const [type, arbitrary] of Object.entries(operators)) {
  test(`${type} as the simulator computes it, and its gradients alike on both backends`, async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.filter(isFloat), fc.nat(), async (graph, seed) => {
        const inputs = inputsOf(graph, seed);
        const expected = simulated(graph, inputs);
        for (const backend of ['wasm', 'cpu'] as const) {
          assertClose(await computed(graph, inputs, backend), expected, 1e-5, backend);
        }
        const [wasm, cpu] = [await gradients(graph, inputs, 'wasm'), await gradients(graph, inputs, 'cpu')];
        wasm.forEach((gradient, i) => {
          assertClose(gradient, cpu[i]!, 1e-4, `gradient ${i}`);
        });
      }),
      { numRuns: runs[type] ?? 40, seed: 1, includeErrorInReport: true },
    );
  });
}

test('of equal values in a window the first has the gradient, on both backends', async () => {
  await fc.assert(
    fc.asyncProperty(poolGraph('MAX_POOL_2D').filter(isFloat), fc.nat(), async (graph, seed) => {
      const inputs = inputsOf(graph, seed).map((values) => values.map(Math.round));
      const [wasm, cpu] = [await gradients(graph, inputs, 'wasm'), await gradients(graph, inputs, 'cpu')];
      assertClose(wasm[0]!, cpu[0]!, 1e-4, 'gradient');
    }),
    { numRuns: 40, seed: 2, includeErrorInReport: true },
  );
});

for (const name of ['conv', 'dense', 'depthwise', 'inception', 'pool', 'residual']) {
  test(`the fixture ${name} as the simulator computes it`, async () => {
    const graph = importModel(readFileSync(assetPath(`test/fixtures/${name}_float32.tflite`)), { name });
    const inputs = inputsOf(graph, 1);
    assertClose(await computed(graph, inputs, 'wasm'), simulated(graph, inputs), 1e-5, name);
  });
}
