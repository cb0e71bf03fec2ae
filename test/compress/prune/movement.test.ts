/** Channels leave a network through operators that move values as if they had been 0. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { removeChannels } from '../../../src/compress/prune/remove_channels.js';
import { elementCount } from '../../../src/graph/access.js';
import { checkGraph } from '../../../src/graph/check.js';
import type { AnyOp, Graph, Shape, Tensor } from '../../../src/graph/graph.js';
import { dataInput } from '../../../src/ops/registry.js';
import { random, randomData } from '../../property/random.js';
import { type Operand, oneOp } from '../../support/one_op.js';
import { inputsFor, outputsOf, zeroedOutputsOf } from './zeroed.js';

/** A convolution before the op, and a dense layer of 3 after each of its outputs. */
function between(one: Graph): Graph {
  const rng = random(7);
  const tensors: Tensor[] = [...one.tensors];
  const weights = (name: string, ...shape: number[]) => {
    const data = randomData('float32', elementCount(shape), rng) as Float32Array;
    return tensors.push({ name, shape, dtype: 'float32', data }) - 1;
  };
  const value = (name: string, shape: Shape) => tensors.push({ name, shape, dtype: 'float32' }) - 1;
  const x = dataInput(one.ops[0]!);
  const [batch, height, width, channels] = tensors[x]!.shape as [number, number, number, number];
  const image = value('image', [batch, height, width, 2]);
  const ops: AnyOp[] = [];
  const add = (
    type: 'CONV_2D' | 'RESHAPE' | 'FULLY_CONNECTED',
    inputs: number[],
    output: number,
    attributes: object,
  ) =>
    ops.push({
      type,
      name: tensors[output]!.name,
      inputs,
      outputs: [output],
      attributes,
    } as unknown as AnyOp);
  const one1 = { height: 1, width: 1 };
  const window = { padding: 'VALID', stride: one1, dilation: one1, activation: 'RELU' };
  add('CONV_2D', [image, weights('filters', channels, 1, 1, 2)], x, window);
  ops.push(...one.ops);
  const outputs = one.outputs.map((t, i) => {
    const n = elementCount(tensors[t]!.shape);
    const [flat, dense] = [value(`flat${i}`, [1, n]), value(`dense${i}`, [1, 3])];
    add('RESHAPE', [t], flat, { newShape: [1, -1] });
    const attributes = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' };
    add('FULLY_CONNECTED', [flat, weights(`w${i}`, 3, n)], dense, attributes);
    return dense;
  });
  return { ...one, tensors, ops, inputs: [image], outputs };
}

const x = (...shape: number[]): Operand => ({ shape, dtype: 'float32' });
const image = x(1, 4, 4, 6);
const pairs = (...values: number[]): Operand => {
  return { shape: [values.length / 2, 2], dtype: 'int32', data: Int32Array.from(values) };
};
const real = (n: number): Operand => ({ shape: [], dtype: 'float32', data: Float32Array.of(n) });
const masks = { beginMask: 0, endMask: 8, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 2, offset: false };

/** With the numbers of channels that may go one by one. */
const cases: readonly (readonly [string, Graph, number])[] = [
  ['rows and columns swapped', oneOp('TRANSPOSE', [image, [0, 2, 1, 3]], {}), 6],
  ['channels moved', oneOp('TRANSPOSE', [image, [0, 3, 1, 2]], {}), 0],
  ['an axis squeezed', oneOp('SQUEEZE', [image], { squeezeDims: [0] }), 6],
  ['an axis added', oneOp('EXPAND_DIMS', [image, 1], {}), 6],
  ['rows apart', oneOp('SPLIT', [1, image], { numSplits: 2 }, { count: 2, dtype: 'float32' }), 6],
  ['channels apart', oneOp('SPLIT', [-1, image], { numSplits: 2 }, { count: 2, dtype: 'float32' }), 3],
  ['a box of all channels', oneOp('SLICE', [image, [0, 1, 1, 0], [1, 2, 3, -1]], {}), 6],
  ['a box of some channels', oneOp('SLICE', [image, [0, 0, 0, 0], [1, 2, 3, 4]], {}), 0],
  [
    'one row, every second column',
    oneOp('STRIDED_SLICE', [image, [0, 1, 0, 0], [1, 2, 4, 6], [1, 1, 2, 1]], masks),
    6,
  ],
  [
    'channels backwards',
    oneOp('STRIDED_SLICE', [image, [0, 0, 0, 5], [1, 2, 4, 0], [1, 1, 2, -1]], masks),
    0,
  ],
  ['rows one by one', oneOp('UNPACK', [image], { num: 4, axis: 1 }, { count: 4 }), 6],
  ['channels one by one', oneOp('UNPACK', [image], { num: 6, axis: -1 }, { count: 6 }), 0],
  [
    'a new axis in front',
    oneOp('PACK', [image, { ...(image as object), data: new Float32Array(96) } as Operand], {
      valuesCount: 2,
      axis: 0,
    }),
    6,
  ],
  ['rows by number', oneOp('GATHER', [image, [3, 0]], { axis: 1, batchDims: 0 }), 6],
  ['channels by number', oneOp('GATHER', [image, [3, 0]], { axis: 3, batchDims: 0 }), 0],
  ['blocks of pixels into channels', oneOp('SPACE_TO_DEPTH', [image], { blockSize: 2 }), 6],
  ['channels into blocks of pixels', oneOp('DEPTH_TO_SPACE', [x(1, 2, 2, 12)], { blockSize: 2 }), 3],
  ['pixels into images', oneOp('SPACE_TO_BATCH_ND', [image, [2, 2], pairs(0, 0, 1, 1)], {}), 6],
  ['images into pixels', oneOp('BATCH_TO_SPACE_ND', [x(4, 2, 2, 6), [2, 2], pairs(0, 1, 0, 0)], {}), 6],
  ['rows repeated', oneOp('TILE', [image, [1, 2, 1, 1]], {}), 6],
  ['channels repeated', oneOp('TILE', [image, [1, 1, 1, 2]], {}), 0],
  ['padded with 0', oneOp('PADV2', [image, pairs(0, 0, 1, 1, 0, 0, 0, 0), real(0)], {}), 6],
  ['padded with 2', oneOp('PADV2', [image, pairs(0, 0, 1, 1, 0, 0, 0, 0), real(2)], {}), 0],
  ['rows mirrored', oneOp('MIRROR_PAD', [image, pairs(0, 0, 1, 1, 2, 0, 0, 0)], { mode: 'REFLECT' }), 6],
  ['rows reversed', oneOp('REVERSE_V2', [image, [1]], {}), 6],
  ['channels reversed', oneOp('REVERSE_V2', [image, [1, -1]], {}), 0],
];

test('channels go through operators that move values, where they stay channels', () => {
  for (const [what, one, free] of cases) {
    const graph = between(one);
    assert.deepEqual(checkGraph(graph), [], what);
    const [family = []] = channelGroups(graph).families;
    assert.equal(family.length, free, what);
    for (const removed of [family.slice(0, 1), family.slice(2), family.slice(1, 2)]) {
      const smaller = removeChannels(graph, removed);
      assert.deepEqual(checkGraph(smaller), [], what);
      const input = inputsFor(graph, 3);
      assert.deepEqual(outputsOf(smaller, input), zeroedOutputsOf(graph, removed, input), what);
    }
  }
});
