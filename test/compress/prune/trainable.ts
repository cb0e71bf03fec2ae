/** A float network that learns `halves`, with channels to spare. */
import assert from 'node:assert/strict';
import { CrimpError } from '../../../src/diagnostics.js';
import type { Graph } from '../../../src/graph/graph.js';
import type { TrainOptions } from '../../../src/train/options.js';
import { side } from '../../support/halves.js';
import { Network } from '../../support/network.js';

export function trainable(): Graph {
  const n = new Network('halves', 'float32', 3);
  const a = n.conv(n.input([1, side, side, 1]), 8, { kernel: [3, 3], activation: 'RELU' });
  const b = n.conv(n.pool('MAX_POOL_2D', a, { kernel: [2, 2], stride: [2, 2] }), 12, {
    ...{ kernel: [3, 3], activation: 'RELU' },
  });
  return n.build(n.softmax(n.dense(n.flatten(b), 3)));
}

export const quick: TrainOptions = { epochs: 3, batchSize: 16, learningRate: 0.01, seed: 7 };

/** All of them, in this order. */
export async function refused(work: () => unknown, code: string, ...messages: RegExp[]): Promise<void> {
  await assert.rejects(
    async () => work(),
    (thrown: unknown) => {
      assert.ok(thrown instanceof CrimpError, String(thrown));
      assert.equal(thrown.exitCode, 2);
      assert.equal(thrown.diagnostics.length, messages.length, thrown.message);
      thrown.diagnostics.forEach((d, i) => {
        assert.equal(d.code, code);
        assert.match(d.message, messages[i]!);
        assert.ok(d.hint);
      });
      return true;
    },
  );
}
