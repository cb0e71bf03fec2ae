/** Runs a quantized model in ONNX Runtime and, imported, in the simulator, and counts the steps between their outputs. */
import assert from 'node:assert/strict';
import { decodeModel, toNumber } from '../../src/formats/onnx/schema.js';
import { elementCount } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { onnxTypes } from '../support/onnx_quantized.js';
import { type Fed, runOnnxSamples } from '../support/onnxruntime.js';
import { channelsToEnd } from './onnx_cases.js';

/** Of one output. */
export interface Agreement {
  readonly name: string;
  readonly values: number;
  /** Shares of all values. */
  readonly equal: number;
  readonly withinOneStep: number;
  /** Steps of the output's scale. */
  readonly most: number;
  /** Share of the samples whose largest value by the simulator is the largest by ONNX Runtime too, or next to it. */
  readonly top: number;
}

const channelsLast = (dims: readonly number[], data: ArrayLike<number>) =>
  channelsToEnd({ dims, data: Float32Array.from(data) }).data;

/** Floats are −1 … 1, integers everything. */
export async function agreement(
  bytes: Uint8Array,
  samples = 1,
): Promise<{ graph: Graph; outputs: Agreement[] }> {
  const graph = importModel(bytes, { name: 'model', file: 'model.onnx' });
  const simulator = createSimulator(graph);
  const rng = random(5);
  const inputs = decodeModel(bytes).graph!.input.map(({ name, type }) => ({
    name,
    type: type!.tensorType!.elemType,
    dims: type!.tensorType!.shape!.dim.map(({ dimValue }) => toNumber(dimValue) || 1),
  }));
  const counts = graph.outputs.map(() => ({ values: 0, equal: 0, within: 0, most: 0, top: 0 }));
  const fed = Array.from({ length: samples }, () =>
    Object.fromEntries(inputs.map((input) => [input.name, randomInput(input.type, input.dims, rng.next)])),
  );
  const expected = await runOnnxSamples(bytes, fed);
  for (const [sample, feeds] of fed.entries()) {
    graph.inputs.forEach((t, i) => {
      const { data, dims } = feeds[graph.tensors[t]!.name]!;
      const laid = graph.channelsFirst?.[i] ? channelsLast(dims, data) : Float32Array.from(data);
      const shift = data instanceof Uint8Array ? 128 : 0;
      (simulator.memory[t] as Float32Array).set(laid.map((v) => v - shift));
    });
    simulator.run();
    graph.outputs.forEach((t, k) => {
      const { name, shape, dtype } = graph.tensors[t]!;
      const { dims, data } = expected[sample]![name]!;
      const shift = (data as unknown) instanceof Uint8Array ? 128 : 0;
      const moved = dims.length > 2 && shape.join() !== dims.join();
      const wanted = (moved ? channelsLast(dims, data) : Float32Array.from(data)).map((v) => v - shift);
      count(
        counts[k]!,
        Float32Array.from(simulator.memory[t] as Float32Array),
        wanted,
        dtype === 'float32' ? stepOf(graph, t) : 1,
      );
    });
  }
  const outputs = counts.map(({ values, equal, within, most, top }, k) => ({
    name: graph.tensors[graph.outputs[k]!]!.name,
    values,
    equal: equal / values,
    withinOneStep: within / values,
    most,
    top: top / samples,
  }));
  return { graph, outputs };
}

function count(
  into: { values: number; equal: number; within: number; most: number; top: number },
  actual: Float32Array,
  wanted: Float32Array,
  step: number,
): void {
  assert.equal(actual.length, wanted.length);
  actual.forEach((v, i) => {
    const steps = Math.round(Math.abs(v - wanted[i]!) / step);
    into.values++;
    into.equal += Number(steps === 0);
    into.within += Number(steps <= 1);
    into.most = Math.max(into.most, steps);
  });
  const chosen = actual.indexOf(Math.max(...actual));
  into.top += Number(wanted[chosen]! >= Math.max(...wanted) - step);
}

/** Of a float output behind DEQUANTIZE. */
function stepOf(graph: Graph, output: number): number {
  const producer = graph.ops.find((op) => op.outputs.includes(output))!;
  assert.equal(producer.type, 'DEQUANTIZE');
  return graph.tensors[producer.inputs[0]!]!.quantization!.scale[0]!;
}

function randomInput(type: number, dims: readonly number[], next: () => number): Fed {
  const count = elementCount(dims);
  const integers = (low: number, n: number) =>
    Array.from({ length: count }, () => low + Math.floor(next() * n));
  switch (type) {
    case onnxTypes.uint8:
      return { dims, data: Uint8Array.from(integers(0, 256)) };
    case onnxTypes.int8:
      return { dims, data: Int8Array.from(integers(-128, 256)) };
    case onnxTypes.int16:
      return { dims, data: Int16Array.from(integers(-32768, 65536)) };
    default:
      return { dims, data: Float32Array.from({ length: count }, () => 2 * next() - 1) };
  }
}
