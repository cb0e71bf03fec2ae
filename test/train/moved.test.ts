/** Gradients of moved values, by hand: those of one value's copies add up, what goes nowhere gets 0. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import type { Graph } from '../../src/graph/graph.js';
import { forward } from '../../src/train/forward.js';
import { loadTensorflow } from '../../src/train/tensorflow.js';
import { oneOp } from '../support/one_op.js';

/** d/dx of Σ over the last output of (1 + place) · value, for one sample. */
async function gradient(graph: Graph): Promise<number[]> {
  const tf = await loadTensorflow('wasm');
  return tf.tidy(() => {
    const { shape } = graph.tensors[graph.inputs[0]!]!;
    const sum = (x: T.Tensor) => {
      const y = forward(tf, graph, { weights: new Map(), inputs: [x] })(graph.outputs.at(-1)!);
      return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.range(1, y.size + 1)));
    };
    return [
      ...tf
        .grad(sum)(tf.ones([1, ...shape]))
        .dataSync(),
    ];
  });
}

const x = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const;

test('gradients go back to where values came from', async () => {
  assert.deepEqual(await gradient(oneOp('TRANSPOSE', [x(2, 3), [1, 0]], {})), [1, 3, 5, 2, 4, 6]);
  assert.deepEqual(await gradient(oneOp('TILE', [x(2), [2]], {})), [4, 6]);
  assert.deepEqual(await gradient(oneOp('SLICE', [x(4), [1], [2]], {})), [0, 1, 2, 0]);
  const two = { count: 2, dtype: 'float32' } as const;
  assert.deepEqual(await gradient(oneOp('SPLIT', [0, x(4)], { numSplits: 2 }, two)), [0, 0, 1, 2]);
});

test('an op whose tensors have lost channels moves those that are left', async () => {
  const whole = oneOp('TRANSPOSE', [x(2, 3), [1, 0]], {});
  assert.equal((await gradient(whole)).length, 6);
  const shapes = [[2, 2], undefined, [2, 2]];
  const tensors = whole.tensors.map((tensor, i) => ({ ...tensor, shape: shapes[i] ?? tensor.shape }));
  assert.deepEqual(await gradient({ ...whole, tensors }), [1, 3, 2, 4]);
});
