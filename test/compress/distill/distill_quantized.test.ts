/** Distillation into integers: they are what the loss saw, zeros stay zeros, and a teacher is worth more than none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distillQuantized } from '../../../src/compress/distill/distill_quantized.js';
import { logits } from '../../../src/compress/distill/logits.js';
import { applyMasks } from '../../../src/compress/prune/apply_masks.js';
import { magnitudeMasks } from '../../../src/compress/prune/masks.js';
import { weightMatrices } from '../../../src/compress/prune/weight_matrix.js';
import type { Dataset } from '../../../src/data/index.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../../property/random.js';
import { Network } from '../../support/network.js';

const side = 6;

/** With a batch norm, which is folded before anything is quantized. */
function network(name: string, seed: number, filters: number): Graph {
  const n = new Network(name, 'float32', seed);
  const a = n.batchNorm(n.conv(n.input([1, side, side, 1]), filters, { kernel: [3, 3] }));
  const b = n.pool('MAX_POOL_2D', n.relu(a), { kernel: [2, 2], stride: [2, 2] });
  return n.build(n.softmax(n.dense(n.flatten(b), 3)));
}

const [teacher, student] = [network('large', 1, 12), network('small', 2, 4)];
const rng = random(3);
const data: Dataset = {
  count: 96,
  inputs: [Float32Array.from({ length: 96 * side * side }, () => rng.next() * 2 - 1)],
};

/** What the teacher's answers, softened, are to these: KL, mean over the samples, times T². */
async function divergence(graph: Graph, temperature: number): Promise<number> {
  const [wanted, found] = [await logits(teacher, data), await logits(graph, data)];
  const logSoftmax = (z: Float32Array, i: number) => {
    const row = [...z.subarray(3 * i, 3 * i + 3)].map((v) => v / temperature);
    const sum = Math.log(row.reduce((s, v) => s + Math.exp(v), 0));
    return row.map((v) => v - sum);
  };
  let total = 0;
  for (let i = 0; i < data.count; i++) {
    const q = logSoftmax(found, i);
    logSoftmax(wanted, i).forEach((p, c) => {
      total += Math.exp(p) * (p - q[c]!);
    });
  }
  return (temperature ** 2 * total) / data.count;
}

const options = {
  ...{ alpha: 1, temperature: 2, epochs: 4, batchSize: 16, learningRate: 0.01, seed: 5 },
  schedule: 'cosine',
} as const;

test('the integers answer as the loss says, by layers too, in int8 and int4', async () => {
  for (const weights of ['int8', 'int4'] as const) {
    const layers = [{ teacher: 'conv_1', student: 'relu_4', weight: 0.5 }];
    const names = weights === 'int8' ? {} : { layers: [] };
    const { graph, report } = await distillQuantized(teacher, student, data, {
      ...{ ...options, weights, layers, ...names, validation: data },
    });
    assert.deepEqual(checkGraph(graph), []);
    const { history } = report.training;
    assert.ok(history.at(-1)!.loss < history[0]!.loss / 1.5, JSON.stringify(history));
    if (weights === 'int8') continue;
    // The held-out loss after the last epoch is the divergence of the very graph that comes back.
    const [seen, found] = [history.at(-1)!.validation!.loss, await divergence(graph, 2)];
    assert.ok(Math.abs(seen - found) < 1e-4, `${seen}, ${found}`);
  }
});

test('a pruned student stays pruned in its integers', async () => {
  const sparse = applyMasks(student, magnitudeMasks(student, { sparsity: 0.6 }));
  const zeros = (graph: Graph) =>
    graph.ops.flatMap((op) => {
      const weights =
        op.type === 'CONV_2D' || op.type === 'FULLY_CONNECTED' ? graph.tensors[op.inputs[1]!]! : undefined;
      return weights ? [Array.from(weights.data as Int8Array, (w) => Number(w) === 0)] : [];
    });
  const { graph } = await distillQuantized(teacher, sparse, data, { ...options, epochs: 2 });
  const [before, after] = [zeros(sparse), zeros(graph)];
  assert.equal(before.length, weightMatrices(student).length);
  before.forEach((layer, i) => {
    assert.ok(
      layer.every((zero, k) => !zero || after[i]![k]),
      `layer ${i}`,
    );
  });
});
