import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibratorNames } from '../../src/compress/quantize/calibrators.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../src/data/index.js';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { elementCount, inputTensor, outputTensor } from '../../src/graph/access.js';
import { graphBuilder } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph, Op } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { goldenGraph, readGolden, withoutGoldens } from '../support/golden.js';
import { ad, fixtures, ic, kws } from '../support/models.js';

function randomDataset(graph: Graph, count: number, labels?: (x: Float32Array) => number): Dataset {
  const rng = random(11);
  const inputs = graph.inputs.map((t) =>
    Float32Array.from({ length: count * elementCount(graph.tensors[t]!.shape) }, () => 4 * rng.next() - 2),
  );
  const size = inputs[0]!.length / count;
  if (!labels) return { count, inputs };
  const y = Int32Array.from({ length: count }, (_, i) =>
    labels(inputs[0]!.subarray(i * size, (i + 1) * size)),
  );
  return { count, inputs, labels: y };
}

const failure = (
  act: () => unknown,
): { codes: string[]; exitCode: number; diagnostics: readonly Diagnostic[] } => {
  try {
    act();
  } catch (cause) {
    assert.ok(cause instanceof CrimpError, String(cause));
    return {
      codes: cause.diagnostics.map((d) => d.code),
      exitCode: cause.exitCode,
      diagnostics: cause.diagnostics,
    };
  }
  return assert.fail('nothing was thrown');
};

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
const dense = { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' } as const;

/** What TFLM refuses or computes wrongly when it does not hold. */
function assertConstraints(graph: Graph): void {
  for (const op of graph.ops as readonly Op[]) {
    const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    if (op.type === 'CONCATENATION') {
      for (const t of op.inputs)
        assert.deepEqual(graph.tensors[t]!.quantization, output.quantization, op.name);
    }
    if (['AVERAGE_POOL_2D', 'MAX_POOL_2D', 'PAD', 'RELU6', 'RESHAPE'].includes(op.type)) {
      assert.deepEqual(output.quantization, input.quantization, op.name);
    }
    if (op.type === 'SOFTMAX') {
      assert.deepEqual([output.quantization!.scale[0], output.quantization!.zeroPoint[0]], [1 / 256, -128]);
    }
    if (!['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED'].includes(op.type)) continue;
    const [weights, bias] = [inputTensor(graph, op, 1), inputTensor(graph, op, 2)];
    assert.ok(!(weights.data as Int8Array).includes(-128), op.name);
    const scales = weights.quantization!.scale.map((s) => s * input.quantization!.scale[0]!);
    assert.deepEqual(bias.quantization!.scale, scales);
  }
}

test('every operator quantizes to a sound graph close to the float one', () => {
  for (const [name, make] of Object.entries(fixtures)) {
    const graph = make('float32');
    const quantized = quantize(graph, randomDataset(graph, 40));
    assert.deepEqual(checkGraph(quantized.graph), [], name);
    assertConstraints(quantized.graph);
    assert.ok(
      [...quantized.graph.inputs, ...quantized.graph.outputs].every(
        (t) => quantized.graph.tensors[t]!.dtype === 'int8',
      ),
    );
    assert.ok(
      quantized.graph.tensors.every((t) => t.dtype !== 'float32'),
      name,
    );
    assert.equal(quantized.report.accuracy, null);
    for (const layer of quantized.report.layers)
      assert.ok(layer.sqnr! > 20, `${name} ${layer.name}: ${layer.sqnr} dB`);
  }
});

test('networks keep their layers’ names, one report each, with every calibrator', () => {
  const graph = kws('float32');
  const dataset = randomDataset(graph, 6);
  for (const calibrator of calibratorNames) {
    let last = 0;
    const { report, graph: int8 } = quantize(graph, dataset, {
      calibrator,
      onProgress(done, total) {
        assert.ok(done > last && total === 12);
        last = done;
      },
    });
    assert.equal(last, 12);
    assert.equal(report.calibrator, calibrator);
    assert.deepEqual(
      report.layers.map((l) => l.name),
      graph.ops.map((op) => op.name),
    );
    assert.deepEqual(
      int8.ops.map((op) => op.name),
      graph.ops.map((op) => op.name),
    );
    assert.ok(
      report.layers.every((l) => (l.weightsSqnr === null) === !/^(conv|depthwise|dense)/.test(l.name)),
    );
  }
});

test('float inputs and outputs: QUANTIZE and DEQUANTIZE at the edges, same answers', () => {
  const graph = fixtures.residual!('float32');
  const dataset = randomDataset(graph, 20);
  const [int8, outer] = [quantize(graph, dataset).graph, quantize(graph, dataset, { io: 'float' }).graph];
  assert.deepEqual(checkGraph(outer), []);
  assert.deepEqual([outer.ops[0]!.type, outer.ops.at(-1)!.type], ['QUANTIZE', 'DEQUANTIZE']);
  assert.equal(outer.tensors[outer.inputs[0]!]!.name, graph.tensors[graph.inputs[0]!]!.name);
  const [inner, whole] = [createSimulator(int8), createSimulator(outer)];
  (whole.memory[outer.inputs[0]!] as Float32Array).set(dataset.inputs[0]!.subarray(0, whole.inputBytes / 4));
  whole.run();
  (inner.memory[int8.inputs[0]!] as Int8Array).set(whole.memory[outer.ops[0]!.outputs[0]!] as Int8Array);
  inner.run();
  const { scale, zeroPoint } = int8.tensors[int8.outputs[0]!]!.quantization!;
  const real = Float32Array.from(
    inner.memory[int8.outputs[0]!] as Int8Array,
    (q) => scale[0]! * (q - zeroPoint[0]!),
  );
  assert.deepEqual(whole.memory[outer.outputs[0]!], real);
});

test('a constant addend and factor are quantized by their own range', () => {
  const g = graphBuilder('operands');
  const x = g.input('x', float(1, 3));
  const factor = g.constant('factor', { ...float(3), data: Float32Array.of(1, -2, 3) });
  const addend = g.constant('addend', { ...float(1, 3), data: Float32Array.of(50, 0, 7) });
  const scaled = g.op('MUL', 'scaled', [x, factor], { activation: 'NONE' }, float(1, 3));
  const graph = g.build(g.op('ADD', 'sum', [addend, scaled], { activation: 'RELU' }, float(1, 3)));
  const { graph: int8, report } = quantize(graph, randomDataset(graph, 50));
  assert.equal(int8.tensors.find((t) => t.name === 'factor')!.quantization!.scale[0], Math.fround(5 / 255));
  assert.ok(report.layers.every((l) => l.sqnr! > 30));
});

/** A layer whose first value drowns the others, and one that then leaves it out: ruin for any scale. */
function drowning(): Graph {
  const g = graphBuilder('drowning');
  const x = g.input('x', float(1, 4));
  const diagonal = (d: number[]) =>
    Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? d[i / 5]! : 0));
  const loud = g.constant('loud_weights', { ...float(4, 4), data: diagonal([1e5, 1, 1, 1]) });
  const rest = g.constant('rest_weights', { ...float(4, 4), data: diagonal([0, 1, 1, 1]) });
  const y = g.op('FULLY_CONNECTED', 'loud', [x, loud], dense, float(1, 4));
  return g.build(g.op('FULLY_CONNECTED', 'rest', [y, rest], dense, float(1, 4)));
}

test('a collapse is an error that names the layer, and can be overruled', () => {
  const graph = drowning();
  const largest = (x: Float32Array) => {
    const rest = [0, x[1]!, x[2]!, x[3]!];
    return rest.indexOf(Math.max(...rest));
  };
  const dataset = randomDataset(graph, 60, largest);
  for (const calibrator of ['minmax', 'mse'] as const) {
    const { codes, exitCode, diagnostics } = failure(() => quantize(graph, dataset, { calibrator }));
    assert.deepEqual(codes, ['quantization-collapse', 'quantization-collapse']);
    assert.equal(exitCode, 1);
    assert.ok(diagnostics.every((d) => d.where?.op?.name === 'rest'));
    assert.match(diagnostics[1]!.message, /accuracy falls from 100\.0 %/);
  }
  const { report } = quantize(graph, dataset, { allowCollapse: true });
  assert.ok(report.accuracy!.quantized < 0.6 && report.layers[1]!.sqnr! < 1);
  const lenient = { accuracyDrop: 1, sqnr: -10 };
  assert.equal(quantize(graph, dataset, { limits: lenient }).report.samples, 60);
});

test('what cannot be quantized is a diagnostic', () => {
  const graph = ad('float32');
  const good = randomDataset(graph, 2);
  const code = (g: Graph, d: Dataset) => {
    const { codes, exitCode } = failure(() => quantize(g, d));
    assert.equal(exitCode, 2);
    return codes;
  };
  assert.deepEqual(code(ad('int8'), good), ['already-quantized']);
  assert.deepEqual(code(graph, { count: 0, inputs: [new Float32Array(0)] }), ['data-shape']);
  assert.deepEqual(code(graph, { count: 2, inputs: [new Float32Array(641)] }), ['data-shape']);
  assert.deepEqual(code(graph, { count: 2, inputs: [] }), ['data-shape']);

  const g = graphBuilder('integers');
  const x = g.input('x', { dtype: 'int32', shape: [2] });
  const sum = g.op('ADD', 'sum', [x, x], { activation: 'NONE' }, { dtype: 'int32', shape: [2] });
  assert.deepEqual(code(g.build(sum), good), ['not-float']);
});

test('NaN and overflow in float name the layers that give them', () => {
  const g = graphBuilder('overflow');
  const x = g.input('x', float(1, 2));
  const weights = g.constant('w', { ...float(1, 2), data: Float32Array.of(3e38, 3e38) });
  const y = g.op('FULLY_CONNECTED', 'large', [x, weights], dense, float(1, 1));
  const graph = g.build(g.op('SOFTMAX', 'p', [y], { beta: 1 }, float(1, 1)));
  const { codes, diagnostics } = failure(() =>
    quantize(graph, { count: 1, inputs: [Float32Array.of(2, 2)] }),
  );
  assert.ok(codes.length > 0 && codes.every((c) => c === 'non-finite-activation'));
  assert.equal(diagnostics[0]!.where?.op?.name, 'large');
});

test('unused outputs of a network are no reason to fail: a layer of zeros has no SQNR', () => {
  const g = graphBuilder('zeros');
  const x = g.input('x', float(1, 2));
  const weights = g.constant('w', { ...float(2, 2), data: new Float32Array(4) });
  const graph = g.build(g.op('FULLY_CONNECTED', 'zero', [x, weights], dense, float(1, 2)));
  const { report } = quantize(graph, randomDataset(graph, 5));
  assert.deepEqual(
    report.layers.map((l) => [l.sqnr, l.weightsSqnr]),
    [[null, null]],
  );
});

/** x, a constant, and x again behind what `make` puts there, side by side. */
function joined(make: (g: ReturnType<typeof graphBuilder>, x: number) => number): Graph {
  const g = graphBuilder('joined');
  const x = g.input('x', float(1, 4));
  const c = g.constant('c', { ...float(1, 2), data: Float32Array.of(-9, 1) });
  return g.build(g.op('CONCATENATION', 'y', [x, c, make(g, x)], { axis: -1 }, float(1, 10)));
}

test('what is put side by side shares one scale that holds all of it, constants included', () => {
  const graph = joined((g, x) => g.op('ADD', 'sum', [x, x], { activation: 'NONE' }, float(1, 4)));
  const { graph: int8 } = quantize(graph, randomDataset(graph, 20));
  assert.deepEqual(checkGraph(int8), []);
  assertConstraints(int8);
  const { scale, zeroPoint } = int8.tensors[int8.outputs[0]!]!.quantization!;
  assert.ok((-128 - zeroPoint[0]!) * scale[0]! <= -8.9);
});

test('a softmax cannot be put beside values that its scale does not hold', () => {
  const graph = joined((g, x) => g.op('SOFTMAX', 'p', [x], { beta: 1 }, float(1, 4)));
  const { codes, diagnostics } = failure(() => quantize(graph, randomDataset(graph, 20)));
  assert.deepEqual(codes, ['cannot-quantize', 'cannot-quantize', 'cannot-quantize']);
  assert.match(diagnostics[0]!.message, /shares a scale with the output of a softmax/);
});

test('residual networks quantize within TFLM’s limits', () => {
  const graph = ic('float32');
  const { graph: int8 } = quantize(graph, randomDataset(graph, 3));
  assert.deepEqual(checkGraph(int8), []);
  assertConstraints(int8);
});

for (const name of ['mlperftiny__ad01_fp32', 'mlperftiny__pretrainedResnet']) {
  test(`${name} quantizes with random data`, { skip: withoutGoldens }, () => {
    const golden = readGolden(name);
    const graph = goldenGraph(golden)!;
    const count = 4;
    const sample = golden.sets[0]!.inputs.length / golden.sets[0]!.samples;
    const values = new Float32Array(
      new Uint8Array(golden.sets[0]!.inputs.subarray(0, count * sample)).buffer,
    );
    const { graph: int8, report } = quantize(graph, { count, inputs: [values] });
    assertConstraints(int8);
    for (const layer of report.layers) assert.ok(layer.sqnr! > 15, `${layer.name}: ${layer.sqnr} dB`);
  });
}
