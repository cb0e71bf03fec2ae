/**
 * From which share of zeros on layers take a sparse form on each board, and what it gives at 90 %, by the cost model:
 * writes the README's table.
 *
 *     node --import tsx scripts/sparsity/main.ts
 */
import coefficients from '../../codegen/cost/coefficients.json' with { type: 'json' };
import { type CostModel, costModel } from '../../codegen/cost/cost_model.js';
import type { Layer } from '../../codegen/layer.js';
import { lower } from '../../codegen/lower.js';
import { constantBytes } from '../../codegen/weights.js';
import type { Graph } from '../../src/graph/graph.js';
import { targets } from '../../targets/index.js';
import type { Target } from '../../targets/target.js';
import { Network } from '../../test/support/network.js';
import { withZeros } from '../../test/support/zeros.js';
import { markdown, replaceTable } from '../readme.js';

const conv = (height: number, width: number, channels: number, side: number): Graph => {
  const n = new Network('conv', 'int8', 1);
  const x = n.input([1, height, width, channels]);
  return n.build(n.conv(x, channels, { kernel: [side, side], activation: 'RELU' }));
};

const dense = (inputs: number, outputs: number): Graph => {
  const n = new Network('dense', 'int8', 1);
  return n.build(n.dense(n.input([1, inputs]), outputs, 'RELU'));
};

const layers: readonly (readonly [string, Graph])[] = [
  ['dense, 784 → 300', dense(784, 300)],
  ['dense, 300 → 100', dense(300, 100)],
  ['1×1 convolution, 25×5×64 → 64', conv(25, 5, 64, 1)],
  ['3×3 convolution, 16×16×32 → 32', conv(16, 16, 32, 3)],
];

/** @returns the share of zeros, and how many times faster and smaller the sparse form is at 90 % */
function breakEven(graph: Graph, board: Target, cost: CostModel): string[] {
  const denseCost: CostModel = (kernel, work) =>
    kernel.endsWith('_sparse') ? undefined : cost(kernel, work);
  const layerAt = (zeros: number, by = cost) => lower(withZeros(graph, zeros), board, { cost: by })[0]!;
  const shares = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  const first = shares.find((zeros) => layerAt(zeros).kernel.endsWith('_sparse'));
  if (first === undefined) return ['never', '', ''];
  const [dense, sparse] = [layerAt(0.9, denseCost), layerAt(0.9)];
  const cycles = ({ kernel, work }: Layer) => cost(kernel, work!)!;
  return [
    `${Math.round(100 * first)} % zeros`,
    `${(cycles(dense) / cycles(sparse)).toFixed(1)}×`,
    `${(constantBytes(dense.constants) / constantBytes(sparse.constants)).toFixed(1)}×`,
  ];
}

const rows = targets
  .filter((target) => target.firmware && target.core in coefficients)
  .flatMap((board) => {
    const cost = costModel(coefficients, board.core);
    return layers.map(([name, graph]) => [name, board.title, ...breakEven(graph, board, cost)]);
  });
const header = ['layer', 'board', 'sparse from', 'faster at 90 %', 'smaller at 90 %'];
const table = markdown(header, 'llrrr', rows);
process.stdout.write(`${table}\n`);
replaceTable('sparsity', table);
