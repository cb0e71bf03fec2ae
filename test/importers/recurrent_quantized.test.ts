/** Recurrent models in integers, through a .tflite: they begin anew where the float model does, and stay close to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { elementCount } from '../../src/graph/access.js';
import type { Graph, Tensor, TensorData } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { importLayersModel } from '../../src/importers/tfjs/from_layers_model.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { proveGraphs } from '../property/harness.js';
import { random } from '../property/random.js';
import { randomize, tf } from '../support/tfjs_models.js';

const L = tf.layers;
const inputShape = [6, 5];
const samples = 48;

function modelOf(...layers: T.layers.Layer[]): Graph {
  const model = tf.sequential({ layers });
  randomize(model, random(9).next);
  return importLayersModel(model, { name: 'm' });
}

function quantizedOf({ quantization }: Tensor, x: Float32Array): number[] {
  const [scale, zero] = [quantization!.scale[0]!, quantization!.zeroPoint[0]!];
  return Array.from(x, (v) => Math.min(Math.max(Math.round(v / scale) + zero, -128), 127));
}

function realOf({ quantization }: Tensor, values: TensorData): number[] {
  const [scale, zero] = [quantization?.scale[0] ?? 1, quantization?.zeroPoint[0] ?? 0];
  return Array.from(values as ArrayLike<number>, (v) => (v - zero) * scale);
}

/** @returns the integer graph as it comes from a file, and its SQNR in dB over one sample after another */
function throughFile(float: Graph): { graph: Graph; sqnr: number } {
  const rng = random(4);
  const count = elementCount(float.tensors[float.inputs[0]!]!.shape);
  const data = Float32Array.from({ length: samples * count }, () => 2 * rng.next() - 1);
  const made = quantize(float, { count: samples, inputs: [data] });
  const graph = importModel(exportTflite(made.graph), { name: 'q' });
  const [a, b] = [createSimulator(float), createSimulator(graph)];
  const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
  let [signal, noise] = [0, 0];
  for (let s = 0; s < samples; s++) {
    const x = data.subarray(s * count, (s + 1) * count);
    (a.memory[float.inputs[0]!] as Float32Array).set(x);
    (b.memory[input] as Int8Array).set(quantizedOf(graph.tensors[input]!, x));
    a.run();
    b.run();
    const wanted = a.memory[float.outputs[0]!] as Float32Array;
    realOf(graph.tensors[output]!, b.memory[output]!).forEach((v, i) => {
      signal += wanted[i]! ** 2;
      noise += (wanted[i]! - v) ** 2;
    });
  }
  return { graph, sqnr: 10 * Math.log10(signal / noise) };
}

test('LSTM, GRU and a stateful GRU keep 30 dB, and their C equals the simulator', async () => {
  const lstm = { units: 8, recurrentActivation: 'sigmoid' } as const;
  const made = [
    modelOf(L.lstm({ ...lstm, inputShape }), L.dense({ units: 3 })),
    modelOf(
      L.bidirectional({ layer: L.lstm({ ...lstm, returnSequences: true }) as never, inputShape } as never),
    ),
    modelOf(L.gru({ units: 8, recurrentActivation: 'sigmoid', inputShape }), L.dense({ units: 3 })),
    modelOf(L.gru({ units: 8, stateful: true, batchInputShape: [1, 3, 5] })),
  ].map(throughFile);
  for (const { sqnr } of made) assert.ok(sqnr > 30, `${sqnr} dB`);
  const restarting = made
    .slice(0, 2)
    .flatMap(({ graph }) =>
      graph.ops.flatMap((op) => (op.type === 'UNIDIRECTIONAL_SEQUENCE_LSTM' ? [op.attributes.restarts] : [])),
    );
  assert.deepEqual(restarting, [true, true, true]);
  await proveGraphs([made[0]!, made[3]!].map(({ graph }) => graph));
});
