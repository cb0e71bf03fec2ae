/** Runs a model in ONNX Runtime and, imported, in the simulator, on the same random values. */
import assert from 'node:assert/strict';
import { elementCount } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { runOnnx, type Values } from '../support/onnxruntime.js';

/** Float sums in another order: relative to the largest value. */
const tolerance = 1e-5;

/** [N, C, ...] → [N, ..., C]. */
export function channelsToEnd({ data, dims }: Values): Values {
  const [n, c, ...spatial] = dims as [number, number, ...number[]];
  const size = elementCount(spatial);
  const moved = new Float32Array(data.length);
  for (let s = 0; s < n; s++) {
    for (let i = 0; i < c; i++) {
      for (let p = 0; p < size; p++) moved[(s * size + p) * c + i] = data[(s * c + i) * size + p]!;
    }
  }
  return { data: moved, dims: [n, ...spatial, c] };
}

/** @param dims of the inputs, as ONNX has them @returns the imported graph */
export async function sameAsOnnxRuntime(
  bytes: Uint8Array,
  dims: Readonly<Record<string, readonly number[]>>,
  seed = 1,
): Promise<Graph> {
  const rng = random(seed);
  const inputs = Object.fromEntries(
    Object.entries(dims).map(([name, shape]) => [
      name,
      { dims: shape, data: Float32Array.from({ length: elementCount(shape) }, () => 2 * rng.next() - 1) },
    ]),
  );
  const expected = await runOnnx(bytes, inputs);
  const graph = importModel(bytes, { name: 'model', file: 'model.onnx' });
  const simulator = createSimulator(graph);
  graph.inputs.forEach((t, i) => {
    const given = inputs[graph.tensors[t]!.name]!;
    const { data } = graph.channelsFirst?.[i] ? channelsToEnd(given) : given;
    (simulator.memory[t] as Float32Array).set(data);
  });
  simulator.run();
  graph.outputs.forEach((t) => {
    const { shape, name } = graph.tensors[t]!;
    let wanted = expected[name]!;
    if (shape.length > 2) {
      const last = channelsToEnd(wanted);
      const tells = last.data.length === 1 || last.dims.join() !== wanted.dims.join();
      assert.ok(tells, 'a shape that does not tell its layout');
      if (wanted.dims.join() !== shape.join()) wanted = last;
    }
    assert.deepEqual([...shape], [...wanted.dims], `shape of ${name}`);
    const actual = simulator.memory[t] as Float32Array;
    const largest = wanted.data.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3);
    for (let k = 0; k < actual.length; k++) {
      const difference = Math.abs(actual[k]! - wanted.data[k]!);
      if (!(difference <= tolerance * largest)) {
        assert.fail(`${name}[${k}] is ${actual[k]}, ONNX Runtime has ${wanted.data[k]}`);
      }
    }
  });
  return graph;
}
