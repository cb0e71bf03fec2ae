/** QUANTIZE and DEQUANTIZE where values only go round. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type GraphBuilder, graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { DType, Graph } from '../../src/graph/graph.js';
import { foldConstants } from '../../src/passes/fold_constants.js';
import { foldQuantize } from '../../src/passes/fold_quantize.js';
import { optimize } from '../../src/passes/index.js';
import { removeDeadOps } from '../../src/passes/remove_dead_ops.js';
import { sinkDequantize } from '../../src/passes/sink_dequantize.js';
import { type Random, random } from '../property/random.js';
import { proveSame } from './prove.js';

const spec = (dtype: DType, scale = 0.1, zeroPoint = 3, shape = [1, 2, 3, 4]): TensorSpec => ({
  dtype,
  shape,
  ...(dtype !== 'float32' && { quantization: perTensor(scale, zeroPoint) }),
});
const simplified = (graph: Graph) => removeDeadOps(foldQuantize(sinkDequantize(graph)));
const types = ({ ops }: Graph) => ops.map((op) => op.type);
const ints = (g: GraphBuilder, name: string, ...values: number[]) =>
  g.constant(name, { dtype: 'int32', shape: [values.length], data: Int32Array.from(values) });

/** x, its values as float32, and back to an integer that RELU6 reads. */
function roundTrip(from: TensorSpec, to: TensorSpec): Graph {
  const g = graphBuilder('g');
  const real = g.op('DEQUANTIZE', 'real', [g.input('x', from)], {}, spec('float32'));
  const back = g.op('QUANTIZE', 'back', [real], {}, to);
  return g.build(g.op('RELU', 'y', [back], {}, to));
}

test('to float32 and back with the same parameters is nothing at all', () => {
  for (const dtype of ['int8', 'int16'] as const) {
    const zeroPoint = dtype === 'int8' ? -7 : 0;
    const graph = roundTrip(spec(dtype, 0.37, zeroPoint), spec(dtype, 0.37, zeroPoint));
    assert.deepEqual(types(proveSame(graph, foldQuantize(graph))), ['DEQUANTIZE', 'RELU']);
    assert.deepEqual(types(proveSame(graph, simplified(graph))), ['RELU']);
  }
});

test('other parameters: one rescaling where it gives the same for every value, else nothing changes', () => {
  const exact = roundTrip(spec('int8', 1, 3), spec('int8', 0.5, -10));
  assert.deepEqual(types(proveSame(exact, simplified(exact))), ['QUANTIZE', 'RELU']);
  const wider = roundTrip(spec('int8', 0.1, 3), spec('int16', 0.1 / 64, 0));
  assert.deepEqual(types(proveSame(wider, simplified(wider))), ['QUANTIZE', 'RELU']);
  // Half way between two values, float32 and the fixed-point multiplier round apart.
  const apart = roundTrip(spec('int8', 0.1, 3), spec('int8', 0.2, 3));
  assert.equal(foldQuantize(apart), apart);
});

test('a QUANTIZE that keeps type and parameters goes, two become one where that is exact, an output keeps its tensor', () => {
  const g = graphBuilder('g');
  const x = g.input('x', spec('int8'));
  const same = g.op('QUANTIZE', 'same', [x], {}, spec('int8'));
  const u = g.op('QUANTIZE', 'u', [same], {}, spec('uint8', 0.1, 131));
  const y = g.op('QUANTIZE', 'y', [u], {}, spec('int8'));
  const relu = g.op('RELU', 'relu', [y], {}, spec('int8'));
  const graph = g.build(g.op('QUANTIZE', 'out', [relu], {}, spec('int8')), u);
  const after = proveSame(graph, simplified(graph));
  assert.deepEqual(
    after.ops.map(({ type, inputs, outputs }) => [
      type,
      after.tensors[inputs[0]!]!.name,
      after.tensors[outputs[0]!]!.name,
    ]),
    [
      ['QUANTIZE', 'x', 'u'],
      ['RELU', 'x', 'out'],
    ],
  );

  const h = graphBuilder('h');
  const only = h.build(h.op('QUANTIZE', 'y', [h.input('x', spec('int8'))], {}, spec('int8')));
  assert.equal(simplified(only), only, 'an input cannot be an output');
});

test('float constants that are rounded to integers and back become what they are rounded to', () => {
  const g = graphBuilder('g');
  const x = g.input('x', spec('float32'));
  const data = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
  const q = g.op('QUANTIZE', 'q', [g.constant('c', { ...spec('float32'), data })], {}, spec('int8', 0.01, 0));
  const rounded = g.op('DEQUANTIZE', 'rounded', [q], {}, spec('float32'));
  const graph = g.build(g.op('ADD', 'y', [x, rounded], { activation: 'NONE' }, spec('float32')));
  assert.deepEqual(types(proveSame(graph, removeDeadOps(foldConstants(graph)))), ['ADD']);
});

/** Ops that move, each as x → its output, over [1, 2, 3, 4]-like shapes. */
const movers: Readonly<Record<string, (g: GraphBuilder, x: number, rng: Random, name: string) => number>> = {
  RESHAPE: (g, x, _rng, name) =>
    g.op('RESHAPE', name, [x], {}, shaped(g, x, [...g.tensor(x).shape].reverse())),
  TRANSPOSE(g, x, _rng, name) {
    const { shape } = g.tensor(x);
    const order = ints(g, `${name}_order`, 0, 3, 1, 2);
    return g.op(
      'TRANSPOSE',
      name,
      [x, order],
      {},
      shaped(g, x, [shape[0]!, shape[3]!, shape[1]!, shape[2]!]),
    );
  },
  SLICE(g, x, rng, name) {
    const { shape } = g.tensor(x);
    const size = shape.map((d) => rng.int(Math.min(d, 2), d));
    const begin = shape.map((d, i) => rng.int(0, d - size[i]!));
    const operands = [ints(g, `${name}_begin`, ...begin), ints(g, `${name}_size`, ...size)];
    return g.op('SLICE', name, [x, ...operands], {}, shaped(g, x, size));
  },
  REVERSE_V2: (g, x, rng, name) =>
    g.op(
      'REVERSE_V2',
      name,
      [x, ints(g, `${name}_axis`, rng.int(0, 3))],
      {},
      shaped(g, x, g.tensor(x).shape),
    ),
};

function shaped(g: GraphBuilder, x: number, shape: readonly number[]): TensorSpec {
  const { dtype, quantization } = g.tensor(x);
  return { dtype, shape, ...(quantization && { quantization }) };
}

test('what only moves between DEQUANTIZE and QUANTIZE moves integers', () => {
  const g = graphBuilder('g');
  const real = g.op('DEQUANTIZE', 'real', [g.input('x', spec('int8'))], {}, spec('float32'));
  const rng = random(3);
  let x = real;
  for (const [i, type] of ['TRANSPOSE', 'SLICE', 'REVERSE_V2', 'RESHAPE'].entries())
    x = movers[type]!(g, x, rng, `m${i}`);
  const graph = g.build(g.op('QUANTIZE', 'y', [x], {}, spec('int8', 0.1, 3, [...g.tensor(x).shape])));
  const sunk = proveSame(graph, sinkDequantize(graph));
  assert.deepEqual(types(sunk), ['TRANSPOSE', 'SLICE', 'REVERSE_V2', 'RESHAPE', 'DEQUANTIZE', 'QUANTIZE']);
  assert.equal(sinkDequantize(sunk), sunk);
  assert.equal(types(proveSame(graph, simplified(graph))).includes('DEQUANTIZE'), false);
});

test('it stays where another reads the floats, where values are added, and where no QUANTIZE follows', () => {
  const start = () => {
    const g = graphBuilder('g');
    return { g, real: g.op('DEQUANTIZE', 'real', [g.input('x', spec('int8'))], {}, spec('float32')) };
  };
  const read = start();
  const turned = movers.TRANSPOSE!(read.g, read.real, random(1), 'm');
  const back = read.g.op('QUANTIZE', 'y', [turned], {}, spec('int8', 0.1, 3, [1, 4, 2, 3]));
  const padded = start();
  const paddings = padded.g.constant('p', {
    dtype: 'int32',
    shape: [4, 2],
    data: Int32Array.of(0, 0, 1, 0, 0, 0, 0, 0),
  });
  const more = padded.g.op('PAD', 'more', [padded.real, paddings], {}, spec('float32', 0, 0, [1, 3, 3, 4]));
  const open = start();
  for (const graph of [
    read.g.build(back, read.real),
    padded.g.build(padded.g.op('QUANTIZE', 'y', [more], {}, spec('int8', 0.1, 3, [1, 3, 3, 4]))),
    open.g.build(movers.TRANSPOSE!(open.g, open.real, random(1), 'm')),
  ]) {
    assert.deepEqual(checkGraph(graph), []);
    assert.equal(sinkDequantize(graph), graph);
  }
});

test('random chains of rescaling and moving', () => {
  const chains = fc.array(fc.tuple(fc.nat(6), fc.nat()), { minLength: 2, maxLength: 9 });
  let before = 0;
  let after = 0;
  fc.sample(chains, { numRuns: 40, seed: 1 }).forEach((chain, run) => {
    const rng = random(run + 1);
    const g = graphBuilder('g');
    // Few scales, so that they meet again.
    const parameters = (dtype: DType) =>
      ({
        int8: spec(dtype, [0.1, 0.25, 0.5][rng.int(0, 2)]!, [0, -4][rng.int(0, 1)]!),
        uint8: spec(dtype, 0.25, 124),
      })[dtype as 'int8'] ?? spec(dtype, [0.25, 1 / 1024][rng.int(0, 1)]!, 0);
    const next: Partial<Record<DType, readonly DType[]>> = {
      int8: ['int8', 'uint8', 'int8', 'uint8', 'int16'],
      uint8: ['int8'],
      int16: ['int8', 'int16'],
      float32: ['int8'],
    };
    let x = g.input('x', parameters('int8'));
    chain.forEach(([kind, choice], i) => {
      const { dtype, shape } = g.tensor(x);
      const list = Object.values(movers);
      if (kind <= 1) x = list[choice % list.length]!(g, x, rng, `y${i}`);
      else if (kind <= 3 && dtype !== 'float32')
        x = g.op('DEQUANTIZE', `y${i}`, [x], {}, { dtype: 'float32', shape });
      else {
        const to = next[dtype]![choice % next[dtype]!.length]!;
        x = g.op('QUANTIZE', `y${i}`, [x], {}, { ...parameters(to), shape });
      }
    });
    const graph = g.build(x);
    before += graph.ops.length;
    proveSame(graph, foldQuantize(sinkDequantize(graph)), { samples: 2 });
    after += proveSame(graph, optimize(graph), { samples: 2 }).ops.length;
  });
  assert.ok(after < 0.85 * before, `${before} ops became ${after}`);
});
