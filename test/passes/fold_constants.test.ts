/** Whatever is known at compile time is computed then: in the pipeline where flash does not grow, at import where it must. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { byteSize } from '../../src/graph/access.js';
import { type GraphBuilder, graphBuilder, type TensorIndex } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { foldConstants } from '../../src/passes/fold_constants.js';
import { foldOperands } from '../../src/passes/fold_operands.js';
import { optimize } from '../../src/passes/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random, randomData } from '../property/random.js';
import { proveSame } from './prove.js';

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
const int32 = (...shape: number[]) => ({ dtype: 'int32', shape }) as const;
const integers = (g: GraphBuilder, name: string, values: number[], shape = [values.length]) =>
  g.constant(name, { ...int32(...shape), data: Int32Array.from(values) });
const names = ({ ops }: Graph) => ops.map((op) => op.name);
const plain = { activation: 'NONE' } as const;

/** The batch of x, as TensorFlow's converter writes it: SHAPE, then STRIDED_SLICE. */
function batchOf(g: GraphBuilder, x: TensorIndex): TensorIndex {
  const shape = g.op('SHAPE', 'shape', [x], { outType: 'int32' }, int32(g.tensor(x).shape.length));
  const bounds = [0, 1, 1].map((v, i) => integers(g, `bound_${i}`, [v]));
  const attributes = {
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 1,
    offset: false,
  };
  return g.op('STRIDED_SLICE', 'batch', [shape, ...bounds], attributes, int32());
}

/** x + FILL([batch, units], 1.5), units being twice a constant, as an exporter of recurrent layers has it. */
function shapeArithmetic(): Graph {
  const g = graphBuilder('g');
  const x = g.input('x', float(1, 6));
  const two = integers(g, 'two', [2], []);
  const units = g.op('MUL', 'units', [integers(g, 'three', [3], []), two], plain, int32());
  const dims = g.op('PACK', 'dims', [batchOf(g, x), units], { valuesCount: 2, axis: 0 }, int32(2));
  const value = g.constant('value', { ...float(), data: Float32Array.of(1.5) });
  const zeros = g.op('FILL', 'filled', [dims, value], {}, float(1, 6));
  return g.build(g.op('ADD', 'y', [x, zeros], plain, float(1, 6)));
}

test('dimensions that a model computes from shapes are known at import', () => {
  const before = shapeArithmetic();
  assert.deepEqual(
    checkGraph(before).map((d) => d.code),
    ['not-constant'],
  );
  const after = foldOperands(before);
  assert.deepEqual(checkGraph(after), []);
  assert.deepEqual(names(after), ['units', 'shape', 'batch', 'filled', 'y']);
  assert.deepEqual(after.tensors.find((t) => t.name === 'dims')!.data, Int32Array.of(1, 6));
  assert.deepEqual(foldOperands(after), after);

  const imported = importModel(exportTflite(before), { name: 'g' });
  assert.deepEqual(names(imported), names(after));
  const simulator = createSimulator(imported);
  (simulator.memory[imported.inputs[0]!] as Float32Array).set([1, 2, 3, 4, 5, 6]);
  simulator.run();
  assert.deepEqual(simulator.memory[imported.outputs[0]!], Float32Array.of(2.5, 3.5, 4.5, 5.5, 6.5, 7.5));
  assert.deepEqual(names(proveSame(imported, optimize(imported))), ['y']);
});

test('what an input decides is not known at import, and neither is what cannot be computed', () => {
  const g = graphBuilder('g');
  const dims = g.input('dims', int32(2));
  const value = g.constant('value', { ...float(), data: Float32Array.of(1) });
  const computed = g.build(g.op('FILL', 'y', [dims, value], {}, float(2, 3)));
  assert.equal(foldOperands(computed), computed);

  const h = graphBuilder('h');
  const x = h.input('x', float(1, 6));
  // Declared longer than it is.
  const shape = h.op('SHAPE', 'shape', [x], { outType: 'int32' }, int32(3));
  const wrong = h.build(
    h.op('FILL', 'y', [shape, h.constant('v', { ...float(), data: Float32Array.of(1) })], {}, float(1, 6)),
  );
  assert.equal(foldOperands(wrong), wrong);

  const endless = { ...shapeArithmetic(), outputs: [99] };
  assert.equal(foldOperands(endless), endless, 'a malformed graph');
});

test('a chain of constants becomes one where that is no larger; state and outputs stay', () => {
  const g = graphBuilder('g');
  const x = g.input('x', float(1, 64));
  const rng = random(1);
  const constant = (name: string) =>
    g.constant(name, { ...float(1, 64), data: randomData('float32', 64, rng) });
  const product = g.op('MUL', 'product', [constant('a'), constant('b')], plain, float(1, 64));
  const root = g.op('SQRT', 'root', [g.op('ABS', 'abs', [product], {}, float(1, 64))], {}, float(1, 64));
  const graph = g.build(
    g.op('ADD', 'sum', [x, root], plain, float(1, 64)),
    g.op('NEG', 'constant_output', [root], {}, float(1, 64)),
  );
  const folded = proveSame(graph, foldConstants(graph));
  assert.deepEqual(names(folded), ['product', 'abs', 'sum', 'constant_output']);
  assert.deepEqual(names(proveSame(graph, optimize(graph))), ['sum', 'constant_output']);
});

test('what would be larger than the constants behind it is still computed on the device', () => {
  const g = graphBuilder('g');
  const x = g.input('x', float(4, 100));
  const few = g.constant('few', { ...float(1, 10), data: Float32Array.from({ length: 10 }, (_, i) => i) });
  const sine = g.op('SIN', 'sine', [few], {}, float(1, 10));
  const many = g.op('TILE', 'many', [sine, integers(g, 'multiples', [4, 10])], {}, float(4, 100));
  const graph = g.build(g.op('ADD', 'y', [x, many], plain, float(4, 100)));
  const folded = proveSame(graph, optimize(graph));
  assert.deepEqual(names(folded), ['many', 'y'], 'the sine is no larger than what it is of');

  const shared = { ...graph, ops: [...graph.ops] };
  const wide = graphBuilder('wide');
  const input = wide.input('x', float(1, 10));
  const data = Float32Array.from({ length: 10 }, (_, i) => i);
  const table = wide.constant('table', { ...float(1, 10), data });
  const root = wide.op('SQRT', 'root', [table], {}, float(1, 10));
  const both = wide.build(
    wide.op(
      'ADD',
      'a',
      [wide.op('MUL', 'm', [input, root], plain, float(1, 10)), table],
      plain,
      float(1, 10),
    ),
  );
  assert.equal(foldConstants(both), both, 'the table is needed anyway');
  assert.deepEqual(shared, graph);
});

test('NaN is left to the machine', () => {
  const g = graphBuilder('g');
  const x = g.input('x', float(1, 2));
  const root = g.op(
    'SQRT',
    'root',
    [g.constant('c', { ...float(1, 2), data: Float32Array.of(-1, 4) })],
    {},
    float(1, 2),
  );
  const graph = g.build(g.op('ADD', 'y', [x, root], plain, float(1, 2)));
  assert.equal(foldConstants(graph), graph);
});

test('random arithmetic over constants, inputs and shapes', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(), fc.nat()), {
    minLength: 1,
    maxLength: 12,
  });
  const folds: number[] = [];
  const seen = fc.sample(steps, { numRuns: 60, seed: 1 }).map((drawn, run) => {
    const rng = random(run + 1);
    const g = graphBuilder('g');
    const spec = int32(2, 3);
    const pool = [
      g.input('x', spec),
      ...['a', 'b', 'c'].map((name) =>
        g.constant(name, { ...spec, data: randomData('int32', 6, rng, -99, 99) }),
      ),
    ];
    drawn.forEach(([kind, i, j], step) => {
      const [a, b] = [pool[i % pool.length]!, pool[j % pool.length]!];
      const name = `y${step}`;
      const perm = integers(g, `perm${step}`, [1, 0]);
      if (kind === 0) {
        const turned = g.op('TRANSPOSE', `${name}_turned`, [a, perm], {}, int32(3, 2));
        pool.push(g.op('RESHAPE', name, [turned], {}, spec));
      } else if (kind === 1) {
        const shape = g.op('SHAPE', `${name}_shape`, [a], {}, int32(2));
        pool.push(
          g.op(
            'TILE',
            name,
            [g.op('RESHAPE', `${name}_row`, [shape], {}, int32(2, 1)), integers(g, `times${step}`, [1, 3])],
            {},
            spec,
          ),
        );
      } else {
        pool.push(
          g.op(
            (['ADD', 'SUB', 'MAXIMUM', 'MINIMUM'] as const)[kind - 2]!,
            name,
            [a, b],
            plain as never,
            spec,
          ),
        );
      }
    });
    const y = g.op('ADD', 'last', [pool[0]!, pool.at(-1)!], plain, spec);
    const graph = g.build(y);
    folds.push(graph.ops.length - proveSame(graph, foldConstants(graph), { samples: 2 }).ops.length);
    return proveSame(graph, optimize(graph), { samples: 2 });
  });
  assert.ok(folds.some((n) => n === 0) && folds.some((n) => n > 0));
  assert.ok(seen.every((graph) => graph.tensors.every((t) => !t.data || byteSize(t) > 0)));
});
