import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementCount } from '../../src/graph/access.js';
import { type GraphBuilder, graphBuilder, perTensor, type TensorIndex } from '../../src/graph/build.js';
import type { DType, Graph, OpAttributes, OpType, Shape, TensorData } from '../../src/graph/graph.js';
import { cancelTransposes } from '../../src/passes/cancel_transposes.js';
import { foldReshape } from '../../src/passes/fold_reshape.js';
import { minimumCut } from '../../src/passes/minimum_cut.js';
import { moveTransposes } from '../../src/passes/move_transposes.js';
import { removeDeadOps } from '../../src/passes/remove_dead_ops.js';
import { proveGraphs } from '../property/harness.js';
import { random, randomData } from '../property/random.js';
import { proveSame } from './prove.js';

const toLast = [0, 2, 3, 1];
const toFirst = [0, 3, 1, 2];
const none = { activation: 'NONE' } as const;

/** Ops called by their position, all int8 of one scale unless told otherwise. */
class Writer {
  readonly g: GraphBuilder;
  private count = 0;

  constructor(private readonly dtype: DType = 'int8') {
    this.g = graphBuilder('moving');
  }

  spec(shape: Shape, dtype = this.dtype) {
    return dtype === 'int8' ? { dtype, shape, quantization: perTensor(0.05, 3) } : { dtype, shape };
  }

  input(...shape: number[]) {
    return this.g.input(`x${this.count++}`, this.spec(shape));
  }

  constant(shape: Shape, data: TensorData = randomData(this.dtype, elementCount(shape), random(this.count))) {
    const dtype = data instanceof Int32Array ? 'int32' : this.dtype;
    return this.g.constant(`c${this.count++}`, { ...this.spec(shape, dtype), data });
  }

  int32s(values: readonly number[], shape: Shape = [values.length]) {
    return this.constant(shape, Int32Array.from(values));
  }

  op<T extends OpType>(
    type: T,
    inputs: TensorIndex[],
    attributes: OpAttributes[T],
    shape: Shape,
    dtype = this.dtype,
  ) {
    return this.g.op(type, `${type}_${this.count++}`, inputs, attributes, this.spec(shape, dtype));
  }

  transpose(x: TensorIndex, axes: readonly number[]) {
    const { shape, dtype } = this.g.tensor(x);
    const moved = axes.map((axis) => shape[axis]!);
    return this.op('TRANSPOSE', [x, this.int32s(axes)], {}, moved, dtype);
  }

  shape(x: TensorIndex) {
    return this.g.tensor(x).shape;
  }
}

const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);
const tidied = (graph: Graph) =>
  proveSame(graph, removeDeadOps(foldReshape(moveTransposes(cancelTransposes(graph)))));

/** What is left of a graph, proven. */
function left(build: (w: Writer) => TensorIndex[], dtype: DType = 'int8'): string[] {
  const w = new Writer(dtype);
  return typesOf(tidied(w.g.build(...build(w))));
}

test('transposes of transposes are one, and none where they cancel out', () => {
  assert.deepEqual(
    left((w) => [w.transpose(w.transpose(w.input(2, 3, 4, 5), toLast), [3, 0, 1, 2])]),
    ['TRANSPOSE'],
  );
  assert.deepEqual(
    left((w) => {
      const y = w.op('TANH', [w.input(1, 3, 4, 5)], {}, [1, 3, 4, 5]);
      const z = w.transpose(w.transpose(y, toLast), toFirst);
      return [w.op('ABS', [z], {}, [1, 3, 4, 5])];
    }, 'float32'),
    ['TANH', 'ABS'],
  );
});

test('what only moves axes of length 1 is a view', () => {
  assert.deepEqual(
    left((w) => [w.transpose(w.input(1, 1, 4, 5), toLast)]),
    ['RESHAPE'],
  );
  assert.deepEqual(
    left((w) => [w.transpose(w.input(2, 3), [0, 1])]),
    ['RESHAPE'],
  );
});

test('views of views are one, and none where nothing changes', () => {
  assert.deepEqual(
    left((w) => {
      const flat = w.op('RESHAPE', [w.input(2, 1, 6)], {}, [12]);
      const wide = w.op('RESHAPE', [flat, w.int32s([1, 12])], { newShape: [1, 12] }, [1, 12]);
      const axis = w.int32s([0]);
      return [w.op('EXPAND_DIMS', [wide, axis], {}, [1, 1, 12]), w.op('SQUEEZE', [wide], {}, [12])];
    }),
    ['RESHAPE', 'RESHAPE'],
  );
  assert.deepEqual(
    left((w) => {
      const y = w.op('RELU', [w.input(2, 6)], {}, [2, 6]);
      const same = w.op('RESHAPE', [w.op('RESHAPE', [y], {}, [12])], {}, [2, 6]);
      return [w.op('RELU', [same], {}, [2, 6])];
    }),
    ['RELU', 'RELU'],
  );
});

test('a block of channels-first layers between two transposes is computed channels last', () => {
  const block = (w: Writer) => {
    const image = w.op('RELU', [w.input(1, 4, 5, 3)], {}, [1, 4, 5, 3]);
    const x = w.transpose(image, toFirst);
    const scaled = w.op('MUL', [x, w.constant([3, 1, 1])], none, [1, 3, 4, 5]);
    const sum = w.op('ADD', [w.constant([1, 1, 1, 5]), scaled], none, [1, 3, 4, 5]);
    const joined = w.op('CONCATENATION', [sum, x, w.constant([1, 2, 4, 5])], { axis: 1 }, [1, 8, 4, 5]);
    const by = w.int32s([0, 0, 1, 0, 1, 2, 0, 1], [4, 2]);
    const padded = w.op('PAD', [joined, by], {}, [1, 9, 7, 6]);
    const largest = w.op('REDUCE_MAX', [padded, w.int32s([2, -1])], { keepDims: true }, [1, 9, 1, 1]);
    const pooled = w.op('REDUCE_MAX', [padded, w.int32s([3, 2])], { keepDims: false }, [1, 9]);
    const last = w.op('SUB', [padded, largest], none, [1, 9, 7, 6]);
    return [w.transpose(last, toLast), pooled];
  };
  for (const dtype of ['int8', 'float32'] as const) {
    const types = left(block, dtype);
    assert.ok(!types.includes('TRANSPOSE'), types.join());
    assert.equal(types.length, 8);
  }
});

test('two branches meet transposed, and are transposed once behind', () => {
  const types = left((w) => {
    const [a, b] = [w.transpose(w.input(1, 4, 5, 3), toFirst), w.transpose(w.input(1, 4, 5, 3), toFirst)];
    const tanh = w.op('LEAKY_RELU', [b], { alpha: 0.1 }, w.shape(b));
    return [w.op('ADD', [a, tanh], none, w.shape(a))];
  });
  assert.deepEqual(types, ['LEAKY_RELU', 'ADD', 'TRANSPOSE']);
});

test('a transpose moves to where there are fewer bytes', () => {
  const types = left((w) => {
    const real = w.g.input('real', { dtype: 'float32', shape: [1, 4, 5, 3] });
    return [w.op('QUANTIZE', [w.transpose(real, toFirst)], {}, [1, 3, 4, 5])];
  });
  assert.deepEqual(types, ['QUANTIZE', 'TRANSPOSE']);
  const other = left((w) => {
    const real = w.op('DEQUANTIZE', [w.input(1, 4, 5, 3)], {}, [1, 4, 5, 3], 'float32');
    return [w.transpose(real, toFirst)];
  });
  assert.deepEqual(other, ['TRANSPOSE', 'DEQUANTIZE']);
});

test('transposes stay where nothing is gained, or where the order of axes matters', () => {
  const stays = (why: string, build: (w: Writer) => TensorIndex[], dtype: DType = 'int8') => {
    const w = new Writer(dtype);
    const graph = w.g.build(...build(w));
    assert.equal(moveTransposes(graph), graph, why);
    assert.equal(cancelTransposes(graph), graph, why);
  };
  stays('nothing behind', (w) => {
    const x = w.transpose(w.input(1, 4, 5, 3), toFirst);
    return [w.op('RELU', [x], {}, w.shape(x))];
  });
  stays(
    'a softmax along the last axis',
    (w) => {
      const x = w.transpose(w.input(1, 4, 5, 3), toFirst);
      return [w.transpose(w.op('SOFTMAX', [x], { beta: 1 }, w.shape(x), 'float32'), toLast)];
    },
    'float32',
  );
  const mean = (w: Writer) => {
    const x = w.transpose(w.input(1, 4, 5, 3), [0, 2, 1, 3]);
    return [w.op('MEAN', [x, w.int32s([1, 2])], { keepDims: true }, [1, 1, 1, 3])];
  };
  stays('real values added up in another order', mean, 'float32');
  assert.deepEqual(left(mean), ['MEAN']);
});

/** Random graphs of transposes and what they may pass. */
function randomGraph(seed: number): Graph {
  const rng = random(seed);
  const w = new Writer(seed % 2 ? 'int8' : 'float32');
  const values = [w.input(2, 3, 4, 1), w.input(4, 2, 3, 1)];
  const permutation = () => {
    const axes = [0, 1, 2, 3];
    for (let i = 3; i > 0; i--) {
      const j = rng.int(0, i);
      [axes[i], axes[j]] = [axes[j]!, axes[i]!];
    }
    return rng.next() < 0.7 ? (rng.next() < 0.5 ? [1, 2, 0, 3] : [2, 0, 1, 3]) : axes;
  };
  for (let i = 0; i < 9; i++) {
    const x = values[rng.int(Math.max(0, values.length - 4), values.length - 1)]!;
    const shape = w.shape(x);
    const alike = values.filter((t) => w.shape(t).join() === shape.join());
    const y = alike[rng.int(0, alike.length - 1)]!;
    const axis = rng.int(0, 3);
    const along = shape.map((d, a) => (a === axis ? d : 1)).slice(rng.int(0, axis));
    const grown = (by: number) => shape.map((d, a) => (a === axis ? d + by : d));
    const makers = [
      () => w.transpose(x, permutation()),
      () => w.transpose(x, permutation()),
      () => w.op('ADD', [x, y], none, shape),
      () => w.op('MUL', [w.constant(along), x], none, shape),
      () => w.op('RELU', [x], {}, shape),
      () => {
        const inputs = [x, y];
        return w.op(
          'CONCATENATION',
          inputs,
          { axis: rng.next() < 0.5 ? axis : axis - 4 },
          grown(shape[axis]!),
        );
      },
      () => {
        const by = [0, 1, 2, 3].flatMap((a) => (a === axis ? [1, 0] : [0, 0]));
        return w.op('PAD', [x, w.int32s(by, [4, 2])], {}, grown(1));
      },
      () => w.op('SUM', [x, w.int32s([axis])], { keepDims: true }, grown(1 - shape[axis]!)),
    ];
    values.push(makers[rng.int(0, makers.length - 1)]!());
  }
  return w.g.build(values.at(-1)!, values.at(-3)!);
}

test('random graphs compute the same, and none moves more bytes than before', async () => {
  const graphs = Array.from({ length: 150 }, (_, seed) => randomGraph(seed));
  const moved = ({ ops, tensors }: Graph) =>
    ops
      .filter((op) => op.type === 'TRANSPOSE')
      .reduce((n, op) => n + elementCount(tensors[op.outputs[0]!]!.shape), 0);
  const fewer = graphs.filter((graph) => {
    const live = removeDeadOps(graph);
    const after = tidied(live);
    assert.ok(moved(after) <= moved(live));
    return moved(after) < moved(live);
  });
  assert.ok(fewer.length > 40, `${fewer.length}`);
  await proveGraphs(fewer.slice(0, 12));
});

test('a cut is the cheapest one, and the one nearest to the source', () => {
  const rng = random(5);
  for (let n = 0; n < 100; n++) {
    const edges = Array.from({ length: 12 }, () => ({
      from: rng.int(0, 6),
      to: rng.int(0, 6),
      cost: rng.int(0, 5),
    }));
    const costOf = (side: Set<number>) =>
      edges.reduce((sum, { from, to, cost }) => sum + (side.has(from) && !side.has(to) ? cost : 0), 0);
    // Bit i says that node i + 2 is on the source's side; the sink is node 1.
    const sides = Array.from({ length: 32 }, (_, bits) => {
      return new Set([0, ...[2, 3, 4, 5, 6].filter((node) => (bits >> (node - 2)) & 1)]);
    });
    const least = Math.min(...sides.map(costOf));
    const cheapest = sides.filter((side) => costOf(side) === least);
    const nearest = [...cheapest[0]!].filter((node) => cheapest.every((side) => side.has(node)));
    assert.deepEqual([...minimumCut(edges, 0, 1)].sort(), nearest.sort());
  }
});
