import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphBuilder, graphBuilder, perTensor, type TensorIndex } from '../../src/graph/build.js';
import type { Graph, OpAttributes, OpType, Tensor } from '../../src/graph/graph.js';
import { allValues } from '../../src/ops/lookup_table.js';
import { fuseElementwise } from '../../src/passes/fuse_elementwise.js';
import { proveGraphs } from '../property/harness.js';
import { type Random, random } from '../property/random.js';
import { proveSame } from './prove.js';

const shape = [1, 16, 16, 1];
const int8 = (scale = 0.05, zeroPoint = 3) =>
  ({ dtype: 'int8', shape, quantization: perTensor(scale, zeroPoint) }) as const;
const float = { dtype: 'float32', shape } as const;
const none = { activation: 'NONE' } as const;

/** Writes ops called by their position. */
class Writer {
  readonly g: GraphBuilder = graphBuilder('piece');
  readonly x = this.g.input('x', int8());
  private count = 0;

  op<T extends OpType>(
    type: T,
    inputs: TensorIndex[],
    attributes: OpAttributes[T],
    spec: typeof float | ReturnType<typeof int8>,
  ) {
    return this.g.op(type, `${type}_${this.count++}`, inputs, attributes, spec);
  }

  scalar(value: number) {
    const { quantization } = int8(0.03, -7);
    return this.g.constant(`c${this.count++}`, {
      dtype: 'int8',
      shape: [],
      quantization,
      data: Int8Array.of(value),
    });
  }
}

/** Every value once. */
const all = { activation: (tensor: Tensor) => allValues(tensor.dtype as 'int8'), samples: 1 };
const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);

test('the hard swish that exporters write in four operators is one table', () => {
  const w = new Writer();
  const shifted = w.op('ADD', [w.x, w.scalar(93)], { activation: 'RELU6' }, int8(6 / 255, -128));
  const product = w.op('MUL', [w.x, shifted], none, int8(0.2, -100));
  const sixth = w.op('MUL', [w.scalar(-2), product], none, int8(0.04, -120));
  const graph = w.g.build(w.op('QUANTIZE', [sixth], {}, int8(0.05, -118)));
  const after = proveSame(graph, fuseElementwise(graph), all);
  assert.deepEqual(typesOf(after), ['LOOKUP_TABLE']);
  assert.deepEqual(after.ops[0]!.inputs, [w.x, after.tensors.length - 1]);
  assert.equal(fuseElementwise(after), after);
});

test('real values, integers of other sizes and NaN in between', () => {
  const w = new Writer();
  const real = w.op('DEQUANTIZE', [w.x], {}, float);
  // NaN below 0.
  const root = w.op('RSQRT', [real], {}, float);
  const graph = w.g.build(w.op('QUANTIZE', [root], {}, int8(0.02, -128)));
  assert.deepEqual(typesOf(proveSame(graph, fuseElementwise(graph), all)), ['LOOKUP_TABLE']);

  const v = new Writer();
  const wide = v.g.op('QUANTIZE', 'wide', [v.x], {}, { ...int8(0.01, 0), dtype: 'int16' });
  const clamped = v.g.op('RELU6', 'clamped', [wide], {}, { ...int8(0.01, 0), dtype: 'int16' });
  const wider = v.g.build(v.op('QUANTIZE', [clamped], {}, int8()));
  assert.deepEqual(typesOf(proveSame(wider, fuseElementwise(wider), all)), ['LOOKUP_TABLE']);
});

test('a truth value is a byte as well', () => {
  const w = new Writer();
  const truth = w.g.op('GREATER', 'truth', [w.x, w.scalar(20)], {}, { dtype: 'bool', shape });
  const graph = w.g.build(w.op('SELECT_V2', [truth, w.x, w.scalar(3)], {}, int8()));
  assert.deepEqual(typesOf(proveSame(graph, fuseElementwise(graph), all)), ['LOOKUP_TABLE']);
});

/** Each value made of one or two of those before. */
const makers: readonly ((w: Writer, a: TensorIndex, b: TensorIndex, rng: Random) => TensorIndex)[] = [
  (w, a, _, rng) => w.op('ADD', [a, w.scalar(rng.int(-90, 90))], none, int8(0.06, rng.int(-9, 9))),
  (w, a, b, rng) => w.op('MUL', [a, b], { activation: 'RELU' }, int8(0.1, rng.int(-90, 90))),
  (w, a, b) => w.op('SUB', [a, b], none, int8(0.08, 5)),
  (w, a) => w.op('LOGISTIC', [a], {}, int8(1 / 256, -128)),
  (w, a) => w.op('TANH', [a], {}, int8(1 / 128, 0)),
  (w, a) => w.op('LEAKY_RELU', [a], { alpha: 0.3 }, int8(0.04, 11)),
  (w, a) => w.op('HARD_SWISH', [a], {}, int8(0.05, -20)),
  (w, a) => w.op('QUANTIZE', [a], {}, int8(0.03, 30)),
  (w, a) =>
    w.op('QUANTIZE', [w.op('EXP', [w.op('DEQUANTIZE', [a], {}, float)], {}, float)], {}, int8(0.2, 0)),
];

test('random pieces, some of whose values others read', async () => {
  const graphs = Array.from({ length: 60 }, (_, n) => {
    const rng = random(n);
    const w = new Writer();
    const values = [w.x];
    for (let i = 0; i < 7; i++) {
      const pick = () => values[rng.int(Math.max(0, values.length - 3), values.length - 1)]!;
      values.push(makers[rng.int(0, makers.length - 1)]!(w, pick(), pick(), rng));
    }
    return w.g.build(values.at(-1)!, ...(n % 2 ? [values[3]!] : []));
  });
  let fused = 0;
  for (const graph of graphs) {
    const after = proveSame(graph, fuseElementwise(graph), all);
    if (typesOf(after).includes('LOOKUP_TABLE')) fused++;
  }
  assert.ok(fused > 50, `${fused}`);
  await proveGraphs(graphs.slice(0, 10).map(fuseElementwise));
});

test('one operator of two values becomes a table where the tensor is as long, others stay', () => {
  const one = (make: (w: Writer) => TensorIndex) => {
    const w = new Writer();
    const graph = w.g.build(make(w));
    return typesOf(proveSame(graph, fuseElementwise(graph), all));
  };
  assert.deepEqual(
    one((w) => w.op('MUL', [w.x, w.scalar(50)], none, int8())),
    ['LOOKUP_TABLE'],
  );
  assert.deepEqual(
    one((w) => w.op('MUL', [w.x, w.x], none, int8())),
    ['LOOKUP_TABLE'],
  );
  assert.deepEqual(
    one((w) => w.op('TANH', [w.x], {}, int8(1 / 128, 0))),
    ['TANH'],
  );
  const g = graphBuilder('short');
  const x = g.input('x', { ...int8(), shape: [255] });
  const short = g.build(g.op('MUL', 'y', [x, x], none, { ...int8(), shape: [255] }));
  assert.equal(fuseElementwise(short), short);
});

test('what others read, or what comes from several tensors, ends a piece', () => {
  const stays = (why: string, build: (w: Writer) => TensorIndex[]) => {
    const w = new Writer();
    const graph = w.g.build(...build(w));
    assert.equal(fuseElementwise(graph), graph, why);
  };
  stays('an output inside', (w) => {
    const y = w.op('TANH', [w.x], {}, int8(1 / 128, 0));
    return [y, w.op('LOGISTIC', [y], {}, int8(1 / 256, -128))];
  });
  stays('real values at an end', (w) => {
    const y = w.op('DEQUANTIZE', [w.x], {}, float);
    return [w.op('EXP', [y], {}, float)];
  });
  stays('two sources', (w) => [w.op('ADD', [w.x, w.g.input('z', int8())], none, int8())]);
  stays('a constant along an axis', (w) => {
    const along = w.g.constant('along', {
      ...int8(),
      shape: [16, 1],
      data: Int8Array.from({ length: 16 }, (_, i) => i),
    });
    return [w.op('TANH', [w.op('ADD', [w.x, along], none, int8())], {}, int8(1 / 128, 0))];
  });
  stays('state', (w) => [w.op('ADD', [w.g.state('kept', int8()), w.scalar(3)], none, int8())]);
});

/** Dense layers of these widths, the first of them the input's, with a bias in every other one. */
function dense(widths: readonly number[]): Graph {
  const g = graphBuilder('dense');
  const rng = random(widths.length);
  const row = (width: number) =>
    ({ dtype: 'int8', shape: [1, width], quantization: perTensor(0.04, -5) }) as const;
  let x = g.input('x', row(widths[0]!));
  for (const [i, width] of widths.slice(1).entries()) {
    const inputs = widths[i]!;
    const weights = g.constant(`weights_${i}`, {
      dtype: 'int8',
      shape: [width, inputs],
      quantization: perTensor(0.01, 0),
      data: Int8Array.from({ length: width * inputs }, () => rng.int(-127, 127)),
    });
    const bias = g.constant(`bias_${i}`, {
      dtype: 'int32',
      shape: [width],
      quantization: perTensor(0.0004, 0),
      data: Int32Array.from({ length: width }, () => rng.int(-3000, 3000)),
    });
    const attributes = { activation: 'RELU', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
    x = g.op(
      'FULLY_CONNECTED',
      `dense_${i}`,
      i % 2 === 0 ? [x, weights, bias] : [x, weights],
      attributes,
      row(width),
    );
  }
  return g.build(x);
}

test('a network from one value to one value is a table, unless its constants are smaller', () => {
  const values = {
    activation: (_: Tensor, sample: number) => Int8Array.of(sample - 128),
    samples: 256,
  };
  const graph = dense([1, 16, 16, 1]);
  const after = proveSame(graph, fuseElementwise(graph), values);
  assert.deepEqual(typesOf(after), ['LOOKUP_TABLE']);
  for (const widths of [
    [1, 4, 1],
    [1, 16, 16, 2],
    [2, 16, 16, 1],
  ]) {
    const other = dense(widths);
    assert.equal(fuseElementwise(other), other, widths.join());
  }
});
