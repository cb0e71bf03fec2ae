/** Operators that have a kernel for integers, and those that have none, alone and with all their operands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../src/compile.js';
import { touchesFloat } from '../../src/compress/quantize/islands.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { elementCount } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { findTarget } from '../../targets/index.js';
import { batchMatmulGraph } from '../property/arbitraries/batch_matmul.js';
import { elementwiseGraph, elementwiseTypes } from '../property/arbitraries/elementwise.js';
import { movements } from '../property/arbitraries/movement.js';
import { pairGraph, pairTypes } from '../property/arbitraries/pair.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { argExtremumGraph, reductionGraph } from '../property/arbitraries/reduce.js';
import { resizeGraph } from '../property/arbitraries/resize.js';
import { softmaxGraph } from '../property/arbitraries/softmax.js';
import { variableGraph } from '../property/arbitraries/variable.js';
import { random, randomData } from '../property/random.js';
import { codesOf } from '../support/one_op.js';

const count = 4;
const target = findTarget('pico');

const moved = Object.values(movements).map((draw) =>
  fc.nat(1000).map((seed) => draw(random(seed), 'float32')),
);
const graphs: readonly fc.Arbitrary<Graph>[] = [
  ...elementwiseTypes.map((type) => elementwiseGraph(type, ['float32'])),
  ...pairTypes.map((type) => pairGraph(type)),
  ...moved,
  ...(['SUM', 'REDUCE_MAX', 'REDUCE_MIN'] as const).map((type) => reductionGraph(type)),
  ...(['ARG_MAX', 'ARG_MIN'] as const).map((type) => argExtremumGraph(type)),
  ...[batchMatmulGraph, softmaxGraph, variableGraph, poolGraph('L2_POOL_2D')],
  ...(['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'] as const).map((type) => resizeGraph(type)),
];

function inputsOf(graph: Graph): Float32Array[] {
  const rng = random(3);
  return graph.inputs.map((t) => {
    const { dtype, shape } = graph.tensors[t]!;
    const n = count * elementCount(shape);
    if (dtype === 'float32') return randomData(dtype, n, rng, 0.5, 2) as Float32Array;
    return Float32Array.from({ length: n }, () => rng.int(0, 1));
  });
}

/** Nothing of it quantized yet, and something to quantize. */
function isFloat(graph: Graph): boolean {
  const real = graph.ops.some((op) => touchesFloat(graph, op));
  return real && graph.tensors.every((t) => !t.quantization) && codesOf(graph).length === 0;
}

test('random graphs of every operator quantize to sound ones that compile', () => {
  let sound = 0;
  for (const arbitrary of graphs) {
    for (const graph of fc.sample(arbitrary, { numRuns: 20, seed: 7 }).filter(isFloat).slice(0, 2)) {
      const dataset = { count, inputs: inputsOf(graph) };
      for (const options of [{}, { activations: 'int16' }, { io: 'float' }] as const) {
        const { graph: integer } = quantize(graph, dataset, { ...options, allowCollapse: true });
        assert.deepEqual(checkGraph(integer), [], graph.ops[0]!.type);
        compile(integer, target);
        sound++;
      }
    }
  }
  assert.ok(sound > 300, `${sound}`);
});
