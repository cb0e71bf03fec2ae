import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CrimpError } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { type GraphBuilder, graphBuilder, perTensor, type TensorIndex } from '../../src/graph/build.js';
import type { AnyOp, Graph, Tensor } from '../../src/graph/graph.js';
import { macsOf } from '../../src/ops/registry.js';
import { foldPad } from '../../src/passes/fold_pad.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { poolGraph } from '../property/arbitraries/pool.js';
import { proveGraphs } from '../property/harness.js';
import { type Random, random } from '../property/random.js';
import { proveSame } from './prove.js';

type PadType = 'PAD' | 'PADV2' | 'MIRROR_PAD';

/** A graph of one op, its image now with up to 2 rows and columns around a smaller one. */
function padded(graph: Graph, type: PadType, rng: Random): Graph {
  const [op] = graph.ops as [AnyOp];
  const x = op.inputs[0]!;
  const [batch, height, width, channels] = graph.tensors[x]!.shape as [number, number, number, number];
  const around = (size: number) => {
    const before = rng.int(0, Math.min(2, size - 1));
    return [before, rng.int(0, Math.min(2, size - 1 - before))] as const;
  };
  const mirror = (size: number, [before, after]: readonly [number, number]) =>
    type === 'MIRROR_PAD' && Math.max(before, after) > size - before - after - 1
      ? ([0, 0] as const)
      : ([before, after] as const);
  const [rows, columns] = [mirror(height, around(height)), mirror(width, around(width))];
  const image: Tensor = {
    ...graph.tensors[x]!,
    name: 'image',
    shape: [batch, height - rows[0] - rows[1], width - columns[0] - columns[1], channels],
  };
  const { dtype, quantization } = image;
  const lowest = dtype === 'float32' ? Float32Array.of(-3.4028234663852886e38) : undefined;
  const data = lowest ?? (dtype === 'int8' ? Int8Array.of(-128) : Int16Array.of(-32768));
  const first = graph.tensors.length;
  const paddings = Int32Array.of(0, 0, ...rows, ...columns, 0, 0);
  const pad = {
    type,
    name: 'pad',
    inputs: [first, first + 1, ...(type === 'PADV2' ? [first + 2] : [])],
    outputs: [x],
    attributes: type === 'MIRROR_PAD' ? { mode: 'REFLECT' } : {},
  } as unknown as AnyOp;
  return {
    ...graph,
    inputs: [first],
    tensors: [
      ...graph.tensors,
      image,
      { name: 'paddings', dtype: 'int32', shape: [4, 2], data: paddings },
      { name: 'value', dtype, shape: [], quantization, data },
    ],
    ops: [pad, op],
  };
}

const draw = (arbitrary: fc.Arbitrary<Graph>, type: PadType, runs: number) => {
  const rng = random(runs);
  return fc.sample(arbitrary, { numRuns: runs, seed: 1 }).map((graph) => padded(graph, type, rng));
};

/** Those that the pass folds, proven; at least this share of the graphs. */
function folding(graphs: readonly Graph[], share: number): Graph[] {
  const folded = graphs.filter((graph) => {
    const after = foldPad(graph);
    if (after === graph) return false;
    proveSame(graph, after);
    assert.equal(after.ops.length, 1);
    assert.equal(macsOf(after.ops[0]!, after), macsOf(graph.ops[1]!, graph));
    return true;
  });
  assert.ok(folded.length >= share * graphs.length, `${folded.length} of ${graphs.length}`);
  return folded;
}

test('padding of zeros goes into convolutions of every type', async () => {
  const graphs = [...draw(conv2dGraph, 'PAD', 100), ...draw(depthwiseConv2dGraph, 'PAD', 100)];
  const folded = folding(graphs, 0.35);
  const narrow = (graph: Graph) => graph.tensors[graph.inputs[0]!]!.dtype === 'int8';
  await proveGraphs(folded.filter((graph) => !narrow(graph)));
  // Outputs laid over inputs to the byte.
  await proveGraphs(folded.filter(narrow), { alignment: 1 });
  await proveGraphs(folded.filter(narrow), { capabilities: ['mul32', 'portable'] });
});

test('padding that no window takes goes into MAX_POOL_2D, and into nothing else', async () => {
  const mirrored = folding(draw(poolGraph('MAX_POOL_2D'), 'MIRROR_PAD', 60), 0.1);
  await proveGraphs([...folding(draw(poolGraph('MAX_POOL_2D'), 'PADV2', 60), 0.4), ...mirrored]);
  for (const graph of draw(poolGraph('AVERAGE_POOL_2D'), 'PAD', 20)) assert.equal(foldPad(graph), graph);
});

const one = { height: 1, width: 1 };
const spec = (shape: number[], zeroPoint = 5) =>
  ({ dtype: 'int8', shape, quantization: perTensor(0.05, zeroPoint) }) as const;

interface Chain {
  readonly paddings?: readonly number[];
  readonly padScale?: number;
  readonly stride?: number;
  readonly build?: (g: GraphBuilder, padded: TensorIndex, y: TensorIndex) => TensorIndex[];
}

/** int8 [1, 6, 6, 2] → PAD → 3 × 3 convolution */
function chain({ paddings = [0, 0, 1, 1, 1, 1, 0, 0], padScale = 0.05, stride = 1, build }: Chain): Graph {
  const g = graphBuilder('chain');
  const x = g.input('x', spec([1, 6, 6, 2]));
  const by = g.constant('by', { dtype: 'int32', shape: [4, 2], data: Int32Array.from(paddings) });
  const [b0, b1, t, b, l, r, c0, c1] = paddings as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const shape = [1 + b0 + b1, 6 + t + b, 6 + l + r, 2 + c0 + c1];
  const pad = g.op('PAD', 'pad', [x, by], {}, { ...spec(shape), quantization: perTensor(padScale, 5) });
  const channels = shape[3]!;
  const data = Int8Array.from({ length: 27 * channels }, (_, i) => (i * 37) % 255);
  const w = g.constant('w', {
    dtype: 'int8',
    shape: [3, 3, 3, channels],
    data,
    quantization: perTensor(0.01, 0),
  });
  const places = (size: number) => Math.floor((size - 3) / stride) + 1;
  const y = g.op(
    'CONV_2D',
    'y',
    [pad, w],
    { padding: 'VALID', stride: { height: stride, width: stride }, dilation: one, activation: 'NONE' },
    spec([shape[0]!, places(shape[1]!), places(shape[2]!), 3]),
  );
  return g.build(...(build?.(g, pad, y) ?? [y]));
}

test('padding of the zero point goes into MAX_POOL_2D behind a RELU', () => {
  const pooled = (activation: 'NONE' | 'RELU' | 'RELU6') => {
    const g = graphBuilder('pooled');
    const x = g.input('x', spec([1, 6, 6, 2]));
    const sum = g.op('ADD', 'sum', [x, x], { activation }, spec([1, 6, 6, 2]));
    const by = g.constant('by', {
      dtype: 'int32',
      shape: [4, 2],
      data: Int32Array.of(0, 0, 1, 1, 1, 1, 0, 0),
    });
    const pad = g.op('PAD', 'pad', [sum, by], {}, spec([1, 8, 8, 2]));
    const size = { height: 3, width: 3 };
    const attributes = { padding: 'VALID', filter: size, stride: one, activation: 'NONE' } as const;
    return g.build(g.op('MAX_POOL_2D', 'y', [pad], attributes, spec([1, 6, 6, 2])));
  };
  for (const activation of ['RELU', 'RELU6'] as const) {
    assert.equal(paddingOf(proveSame(pooled(activation), foldPad(pooled(activation)))), 'SAME');
  }
  const negative = pooled('NONE');
  assert.equal(foldPad(negative), negative);
});

const paddingOf = (graph: Graph) => (graph.ops.at(-1)!.attributes as { padding: unknown }).padding;

test('what a word says is said by the word', () => {
  const folded = (c: Chain) => paddingOf(proveSame(chain(c), foldPad(chain(c))));
  assert.equal(folded({}), 'SAME');
  assert.equal(folded({ stride: 2, paddings: [0, 0, 0, 1, 0, 1, 0, 0] }), 'SAME');
  // A row at the end that no window reaches.
  assert.equal(folded({ stride: 3, paddings: [0, 0, 0, 2, 0, 2, 0, 0] }), 'VALID');
  assert.deepEqual(folded({ stride: 2 }), { top: 1, bottom: 0, left: 1, right: 0 });
  assert.throws(
    () => exportTflite(foldPad(chain({ stride: 2 }))),
    (e) => e instanceof CrimpError && e.diagnostics[0]!.code === 'cannot-export',
  );
});

test('of two readers both take the padding', () => {
  const graph = chain({
    build: (g, pad, y) => {
      const inputs = [pad, y - 1];
      const attributes = { padding: 'VALID', stride: one, dilation: one, activation: 'RELU' } as const;
      return [y, g.op('CONV_2D', 'z', inputs, attributes, spec([1, 6, 6, 3]))];
    },
  });
  assert.equal(proveSame(graph, foldPad(graph)).ops.length, 2);
});

test('padding stays where it is not the convolution’s own', () => {
  for (const [why, graph] of Object.entries({
    'of channels': chain({ paddings: [0, 0, 1, 1, 1, 1, 0, 1] }),
    'of batches': chain({ paddings: [0, 1, 1, 1, 1, 1, 0, 0] }),
    'as wide as the filter': chain({ paddings: [0, 0, 3, 1, 1, 1, 0, 0] }),
    'of another scale': chain({ padScale: 0.06 }),
    'an output': chain({ build: (_, pad, y) => [pad, y] }),
    'read by others': chain({
      build: (g, pad, y) => [y, g.op('RELU', 'z', [pad], {}, spec([1, 8, 8, 2]))],
    }),
  })) {
    assert.equal(foldPad(graph), graph, why);
  }
});
