/** Operators whose quantization is their own: recurrent ones, several inputs and types, and those that stay in float. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type QuantizeOptions, quantize } from '../../src/compress/quantize/quantize.js';
import type { LayerReport } from '../../src/compress/quantize/report.js';
import type { Dataset } from '../../src/data/index.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { elementCount, inputTensor, scaleOf } from '../../src/graph/access.js';
import { type GraphBuilder, graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { DType, Graph, Op } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { importModel } from '../../src/importers/index.js';
import { checkedLog2 } from '../../src/numerics/checked_log2.js';
import { svdfOperands } from '../../src/ops/svdf.js';
import { lstmOperands } from '../../src/ops/unidirectional_sequence_lstm.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { lstmGraph } from '../property/arbitraries/lstm.js';
import { svdfGraph } from '../property/arbitraries/svdf.js';
import { transposeConvGraph } from '../property/arbitraries/transpose_conv.js';
import { random, randomData } from '../property/random.js';

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;

function randomDataset(graph: Graph, count: number): Dataset {
  const rng = random(5);
  const inputs = graph.inputs.map((t) => {
    const n = count * elementCount(graph.tensors[t]!.shape);
    return randomData('float32', n, rng, -1, 1) as Float32Array;
  });
  return { count, inputs };
}

/** Quantizes; the graph is sound, and the same behind a file. */
function quantized(graph: Graph, dataset: Dataset, options: QuantizeOptions = {}) {
  const result = quantize(graph, dataset, options);
  assert.deepEqual(checkGraph(result.graph), []);
  const back = importModel(exportTflite(result.graph), { name: graph.name });
  assert.equal(hashGraph(back), hashGraph(result.graph));
  return result;
}

const typesOf = (graph: Graph) => graph.ops.map((op) => op.type);
const worst = (layers: readonly LayerReport[]) => Math.min(...layers.map((l) => l.sqnr ?? Infinity));

function floats(arbitrary: fc.Arbitrary<Graph>, count: number): Graph[] {
  const drawn = fc.sample(arbitrary, { numRuns: 12 * count, seed: 1 });
  const found = drawn.filter((g) => g.tensors[g.inputs[0]!]!.dtype === 'float32').slice(0, count);
  assert.equal(found.length, count);
  return found;
}

test('SVDF takes int16 state and time weights whose sums cannot overflow', () => {
  for (const graph of floats(svdfGraph, 12)) {
    const { graph: int8, report } = quantized(graph, randomDataset(graph, 40));
    assert.ok(worst(report.layers) > 20, `${worst(report.layers)} dB`);
    for (const op of int8.ops as readonly Op<'SVDF'>[]) {
      const at = (i: number) => inputTensor(int8, op, i);
      const { data, dtype, shape } = at(svdfOperands.time);
      assert.deepEqual([op.type, at(svdfOperands.state).dtype, dtype], ['SVDF', 'int16', 'int16']);
      const perUnit = op.attributes.rank * shape[1]!;
      for (let from = 0; from < data!.length; from += perUnit) {
        const weights = (data as Int16Array).subarray(from, from + perUnit);
        assert.ok(weights.reduce((sum, w) => sum + Math.abs(w), 0) * 32768 <= 2 ** 30);
      }
    }
  }
});

test('the activation of an SVDF cuts though its scale is shared', () => {
  const b = graphBuilder('shared');
  const x = b.input('x', float(1, 2));
  const matrix = (name: string, ...values: number[]) =>
    b.constant(name, { ...float(2, values.length / 2), data: Float32Array.from(values) });
  const state = b.state('state', float(1, 4));
  const operands = [x, matrix('feature', 1, 0, 0, 1), matrix('time', 0.5, 1, -0.5, 1), -1, state];
  const y = b.op('SVDF', 'y', operands, { rank: 1, activation: 'RELU' }, float(1, 2));
  const graph = b.build(b.op('CONCATENATION', 'both', [x, y], { axis: 1 }, float(1, 4)));
  const { graph: int8, report } = quantized(graph, randomDataset(graph, 50));
  assert.deepEqual(typesOf(int8), ['SVDF', 'RELU', 'CONCATENATION']);
  assert.ok(report.layers.every((l) => l.sqnr! > 35));
});

test('LSTM keeps its hidden state on the output’s scale and its cell on a power of two', () => {
  for (const graph of floats(lstmGraph, 12)) {
    for (const [activations, least] of [
      ['int8', 35],
      ['int16', 42],
    ] as const) {
      const { graph: integer, report } = quantized(graph, randomDataset(graph, 40), { activations });
      const [layer] = report.layers;
      assert.ok(layer!.sqnr! > least, `${activations}: ${layer!.sqnr} dB`);
      assert.deepEqual([layer!.weights, layer!.weightsSqnr! > 40], ['int8', true]);
      const at = (i: number) => inputTensor(integer, integer.ops[0] as Op, i);
      const [hidden, cell] = [at(lstmOperands.hidden), at(lstmOperands.cell)];
      assert.deepEqual([hidden.dtype, cell.dtype], [activations, 'int16']);
      assert.deepEqual(hidden.quantization, integer.tensors[integer.outputs[0]!]!.quantization);
      assert.notEqual(checkedLog2(scaleOf(cell)), undefined);
    }
  }
});

/** An LSTM of one unit whose cell counts up to the number of steps while its input is large, then back again. */
function counting(steps: number): Graph {
  const b = graphBuilder('counting');
  const x = b.input('x', float(1, steps, 1));
  const constant = (name: string, shape: number[], value: number) =>
    b.constant(name, { ...float(...shape), data: Float32Array.of(value) });
  const [w, r, bias] = [
    [0, 0, 20, 0],
    [0, 0, 0, 0],
    [20, 20, 0, 20],
  ].map((values, k) => values.map((v, gate) => constant(`${'wrb'[k]}${gate}`, k === 2 ? [1] : [1, 1], v)));
  const state = [b.state('hidden', float(1, 1)), b.state('cell', float(1, 1))];
  const operands = [x, ...w!, ...r!, -1, -1, -1, ...bias!, -1, -1, ...state, -1, -1, -1, -1];
  const attributes = { activation: 'TANH', cellClip: 0, timeMajor: false } as const;
  return b.build(b.op('UNIDIRECTIONAL_SEQUENCE_LSTM', 'y', operands, attributes, float(1, steps, 1)));
}

test('the cell state is calibrated between steps, by samples that begin anew or go on', () => {
  const up = [1, 1, 1, 1, -1, -1, -1, -1];
  const scaleOfCell = (inputs: number[], streaming?: boolean) => {
    const dataset = { count: inputs.length / 8, inputs: [Float32Array.from(inputs)] };
    const { graph } = quantized(counting(8), dataset, { streaming, allowCollapse: true });
    return scaleOf(inputTensor(graph, graph.ops[0] as Op, lstmOperands.cell));
  };
  assert.equal(scaleOfCell(up), 2 ** -12);
  const rising = new Array<number>(16).fill(0.9);
  assert.equal(scaleOfCell(rising), 2 ** -11);
  assert.equal(scaleOfCell(rising, true), 2 ** -10);
});

test('TRANSPOSE_CONV is quantized by output channel, in every way that convolutions are', () => {
  const ways = [{}, { activations: 'int16' }, { weights: 'int4' }, { clusters: 16 }] as const;
  for (const graph of floats(transposeConvGraph, 8)) {
    for (const options of [...ways, { rounding: 'data', correctBias: true } as const]) {
      const { graph: integer, report } = quantized(graph, randomDataset(graph, 10), options);
      const [layer] = report.layers;
      // TFLM has no int4 kernel.
      assert.equal(layer!.weights, 'int8');
      assert.ok(layer!.sqnr! > ('clusters' in options ? 25 : 35), `${layer!.sqnr} dB`);
      const { shape, quantization } = inputTensor(integer, integer.ops[0] as Op, 1);
      assert.deepEqual([quantization!.scale.length, quantization!.axis], [shape[0], 0]);
    }
  }
});

test('layers behind a stream are refined by what the stream makes of the samples', () => {
  const b = graphBuilder('behind');
  const rng = random(8);
  const constant = (name: string, ...shape: number[]) =>
    b.constant(name, { ...float(...shape), data: randomData('float32', elementCount(shape), rng, -1, 1) });
  const operands = [b.input('x', float(1, 3)), constant('feature', 8, 3), constant('time', 8, 6), -1];
  const kept = b.op('SVDF', 'kept', [...operands, b.state('state', float(1, 48))], svdf, float(1, 8));
  const graph = b.build(b.op('FULLY_CONNECTED', 'y', [kept, constant('w', 4, 8)], dense, float(1, 4)));
  const dataset = randomDataset(graph, 60);
  const sqnrOf = (options: QuantizeOptions) =>
    quantized(graph, dataset, { weights: 'int4', ...options }).report.layers[1]!.sqnr!;
  const [plain, refined] = [sqnrOf({}), sqnrOf({ rounding: 'data', correctBias: true })];
  assert.ok(refined > plain, `${refined} dB, ${plain} dB before`);
});

const svdf = { rank: 1, activation: 'NONE' } as const;
const dense = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;

function addDense(b: GraphBuilder, name: string, x: number, inputs: number, outputs: number): number {
  const data = Float32Array.from({ length: inputs * outputs }, (_, i) => Math.sin(3 * i + 1) / 2);
  const weights = b.constant(`${name}_weights`, { ...float(outputs, inputs), data });
  return b.op('FULLY_CONNECTED', name, [x, weights], dense, float(1, outputs));
}

/** dense, then x / (1 + x²) in float with a view in between, then dense. */
function withIsland(): Graph {
  const b = graphBuilder('island');
  const hidden = addDense(b, 'first', b.input('x', float(1, 4)), 4, 6);
  const one = b.constant('one', { ...float(1), data: Float32Array.of(1) });
  const square = b.op('SQUARE', 'square', [hidden], {}, float(1, 6));
  const sum = b.op('ADD', 'sum', [square, one], { activation: 'NONE' }, float(1, 6));
  const ratio = b.op('DIV', 'ratio', [hidden, sum], { activation: 'NONE' }, float(1, 6));
  const shifted = b.op('ADD', 'shifted', [ratio, one], { activation: 'NONE' }, float(1, 6));
  return b.build(addDense(b, 'second', shifted, 6, 3));
}

test('tables and updated slices become integers, ADD_N becomes ADDs, and CUMSUM stays in float', () => {
  const b = graphBuilder('indexed');
  const int32 = (name: string, ...data: number[]) =>
    b.constant(name, { dtype: 'int32', shape: [data.length], data: Int32Array.from(data) });
  const x = b.input('x', float(3, 8));
  const table = b.constant('table', { ...float(10, 8), data: randomData('float32', 80, random(1), -1, 1) });
  const rows = b.op('EMBEDDING_LOOKUP', 'rows', [int32('numbers', 7, 0, 7), table], {}, float(3, 8));
  const moved = b.op('MUL', 'moved', [rows, x], { activation: 'NONE' }, float(3, 8));
  const sum = b.op('ADD_N', 'sum', [moved, x, rows], {}, float(3, 8));
  const begin = int32('begin', 1, 2);
  const part = b.op('RELU', 'part', [x], {}, float(3, 8));
  const slice = b.op('SLICE', 'slice', [part, int32('from', 0, 0), int32('size', 1, 3)], {}, float(1, 3));
  const y = b.op('DYNAMIC_UPDATE_SLICE', 'y', [sum, slice, begin], {}, float(3, 8));
  const attributes = { exclusive: false, reverse: false };
  const all = b.op('CUMSUM', 'all', [y, int32('axis', 1)], attributes, float(3, 8));
  const graph = b.build(y, all);
  const { graph: int8, report } = quantized(graph, randomDataset(graph, 40));
  const types = 'EMBEDDING_LOOKUP MUL ADD ADD RELU SLICE DYNAMIC_UPDATE_SLICE DEQUANTIZE CUMSUM QUANTIZE';
  assert.deepEqual(typesOf(int8), types.split(' '));
  assert.ok(worst(report.layers) > 30, `${worst(report.layers)} dB`);
  assert.deepEqual(
    report.warnings.map((d) => d.where?.op?.name),
    ['all'],
  );
});

test('what has no integer kernel stays in float, with what lies between, and is named', () => {
  const graph = withIsland();
  const dataset = randomDataset(graph, 60);
  const { graph: int8, report } = quantized(graph, dataset);
  assert.deepEqual(typesOf(int8), [
    'FULLY_CONNECTED',
    'DEQUANTIZE',
    'SQUARE',
    'ADD',
    'DIV',
    'QUANTIZE',
    'ADD',
    'FULLY_CONNECTED',
  ]);
  assert.deepEqual(
    report.layers.filter((l) => l.dtype === 'float32').map((l) => l.type),
    ['DEQUANTIZE', 'SQUARE', 'ADD', 'DIV'],
  );
  assert.deepEqual(
    report.warnings.map((w) => [w.code, w.severity, w.where?.op?.name]),
    [
      ['kept-in-float', 'warning', 'square'],
      ['kept-in-float', 'warning', 'ratio'],
    ],
  );
  assert.ok(worst(report.layers) > 30, `${worst(report.layers)} dB`);
  const refined = quantized(graph, dataset, { rounding: 'data', correctBias: true, clusters: 64 });
  assert.ok(worst(refined.report.layers) > 28, `${worst(refined.report.layers)} dB`);
  assert.throws(
    () => quantize(graph, dataset, { integerOnly: true }),
    /SQUARE has no int8 form.*\n.*\n.*DIV/,
  );
});

test('float inputs and outputs reach float layers directly', () => {
  const b = graphBuilder('ends');
  const log = b.op('EXP', 'exp', [b.input('x', float(1, 4))], {}, float(1, 4));
  const graph = b.build(b.op('SIN', 'y', [addDense(b, 'middle', log, 4, 4)], {}, float(1, 4)));
  const dataset = randomDataset(graph, 30);
  const { graph: outer } = quantized(graph, dataset, { io: 'float' });
  assert.deepEqual(typesOf(outer), ['EXP', 'QUANTIZE', 'FULLY_CONNECTED', 'DEQUANTIZE', 'SIN']);
  assert.deepEqual(
    [outer.inputs, outer.outputs].map(([t]) => outer.tensors[t!]!.name),
    ['x', 'y'],
  );
  const inner = quantized(graph, dataset, { io: 'int16' }).graph;
  assert.deepEqual(typesOf(inner).slice(0, 3), ['QUANTIZE', 'DEQUANTIZE', 'EXP']);
});

test('indices and conditions stay what they are, and so do their inputs', () => {
  const b = graphBuilder('embedding');
  const ids = b.input('ids', { dtype: 'int32', shape: [1, 3] });
  const limit = b.input('limit', float(1, 3, 4));
  const data = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
  const table = b.constant('table', { ...float(10, 4), data });
  const rows = b.op('GATHER', 'rows', [table, ids], { axis: 0, batchDims: 0 }, float(1, 3, 4));
  const below = b.op('LESS', 'below', [rows, limit], {}, { dtype: 'bool', shape: [1, 3, 4] });
  const least = b.op('SELECT_V2', 'least', [below, rows, limit], {}, float(1, 3, 4));
  const axis = b.constant('axis', { dtype: 'int32', shape: [], data: Int32Array.of(-1) });
  const winner = b.op('ARG_MAX', 'winner', [least, axis], {}, { dtype: 'int32', shape: [1, 3] });
  const graph = b.build(least, winner);
  const rng = random(2);
  const count = 40;
  const inputs = [
    Float32Array.from({ length: 3 * count }, () => rng.int(0, 9)),
    randomData('float32', 12 * count, rng, -1, 1) as Float32Array,
  ];
  for (const [io, edge] of [
    [undefined, 'int8'],
    ['float', 'float32'],
  ] as const) {
    const { graph: int8, report } = quantized(graph, { count, inputs }, { io });
    const dtypes = (list: readonly number[]): DType[] => list.map((t) => int8.tensors[t]!.dtype);
    assert.deepEqual(
      [dtypes(int8.inputs), dtypes(int8.outputs)],
      [
        ['int32', edge],
        [edge, 'int32'],
      ],
    );
    assert.ok(worst(report.layers) > 35 && report.warnings.length === 0, `${worst(report.layers)} dB`);
    const simulator = createSimulator(int8);
    (simulator.memory[int8.inputs[0]!] as Int32Array).set([9, 0, 4]);
    simulator.run();
    assert.ok((simulator.memory[int8.outputs[1]!] as Int32Array).every((i) => i >= 0 && i < 4));
  }
});

test('SPACE_TO_BATCH_ND pads with the zero point', () => {
  const b = graphBuilder('dealt');
  const x = b.input('x', float(1, 3, 5, 2));
  const integers = (name: string, ...values: number[]) =>
    b.constant(name, { dtype: 'int32', shape: [2, values.length / 2], data: Int32Array.from(values) });
  const block = b.constant('block', { dtype: 'int32', shape: [2], data: Int32Array.of(2, 3) });
  const operands = [x, block, integers('paddings', 1, 0, 0, 1)];
  const graph = b.build(b.op('SPACE_TO_BATCH_ND', 'y', operands, {}, float(6, 2, 2, 2)));
  const positive = randomData('float32', 30 * 20, random(1), 1, 3) as Float32Array;
  const { graph: int8, report } = quantized(graph, { count: 20, inputs: [positive] });
  assert.deepEqual(typesOf(int8), ['PAD', 'SPACE_TO_BATCH_ND']);
  assert.ok(worst(report.layers) > 40, `${worst(report.layers)} dB`);
});

test('a graph without float, and an operator that is not supported, are refused', () => {
  const b = graphBuilder('none');
  const custom = { builtin: 'CUSTOM:Mine', version: 1 };
  const graph = b.build(b.op('UNSUPPORTED', 'mine', [b.input('x', float(1, 2))], custom, float(1, 2)));
  assert.throws(
    () => quantize(graph, randomDataset(graph, 2)),
    /cannot-quantize.*CUSTOM:Mine is not supported/,
  );
});
