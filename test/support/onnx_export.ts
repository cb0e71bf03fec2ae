/** A graph exported to ONNX, run by ONNX Runtime beside the simulator. State is handed from one inference to the next. */
import { exportOnnx } from '../../src/exporters/onnx/export.js';
import { isQuantized } from '../../src/exporters/onnx/exporter.js';
import type { DType, Graph, TensorData } from '../../src/graph/graph.js';
import { float32Max } from '../../src/numerics/activation_range.js';
import { channelsTo, loadOnnxRuntime } from '../../src/runtimes/onnxruntime.js';
import { createSimulator } from '../../src/simulator/simulator.js';

const ort = await loadOnnxRuntime();

export interface Difference {
  readonly dtype: DType;
  /** Its values stand for real ones, and differ by steps of its scale. */
  readonly quantized: boolean;
  readonly values: number;
  readonly equal: number;
  /** The greatest: in steps of integers, of floats relative to 1 or more. */
  readonly most: number;
}

/** By output, over all samples. Throws when ONNX Runtime refuses the model. */
export async function differences(
  graph: Graph,
  samples: readonly (readonly TensorData[])[],
): Promise<Difference[]> {
  const session = await ort.InferenceSession.create(exportOnnx(graph), { executionProviders: ['wasm'] });
  const simulator = createSimulator(graph);
  const found = graph.outputs.map((t) => ({
    dtype: graph.tensors[t]!.dtype,
    quantized: isQuantized(graph.tensors[t]!),
    ...{ values: 0, equal: 0, most: 0 },
  }));
  const states = graph.tensors.filter((t) => t.initial && session.inputNames.includes(t.name));
  let state = states.map((t) => t.initial!);
  for (const inputs of samples) {
    const given = [...graph.inputs.map((t) => graph.tensors[t]!), ...states];
    const feeds = [...inputs, ...state].map((data, i) => {
      const tensor = given[i]!;
      const first = i < graph.inputs.length && graph.channelsFirst?.[i];
      const metadata = session.inputMetadata.find((m) => m.name === session.inputNames[i]);
      const dims = metadata?.isTensor ? (metadata.shape as number[]) : tensor.shape;
      const laid = first ? channelsTo(1, data, tensor.shape) : data;
      return [
        session.inputNames[i]!,
        new ort.Tensor(tensor.dtype as 'float32', laid as Float32Array, dims),
      ] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    const outputs = session.outputNames.map((name) => results[name]!.data as TensorData);
    for (const [i, t] of graph.inputs.entries())
      (simulator.memory[t] as Float32Array).set(inputs[i] as Float32Array);
    simulator.run();
    for (const [i, t] of graph.outputs.entries()) compare(found[i]!, simulator.memory[t]!, outputs[i]!);
    state = outputs.slice(graph.outputs.length);
  }
  await session.release();
  return found;
}

function compare(
  found: { dtype: DType; values: number; equal: number; most: number },
  ours: TensorData,
  theirs: TensorData,
) {
  if (ours.length !== theirs.length) throw new Error(`${theirs.length} values, not ${ours.length}`);
  for (let i = 0; i < ours.length; i++) {
    // Where TFLM's kernels bound real numbers, infinity is the greatest.
    const [a, b] = [ours[i], theirs[i]].map((v) =>
      Math.max(-float32Max, Math.min(Number(v), float32Max)),
    ) as [number, number];
    const scale = found.dtype === 'float32' ? Math.max(1, Math.abs(a)) : 1;
    const same = a === b || (Number.isNaN(b) && found.dtype === 'float32');
    found.values++;
    if (same) found.equal++;
    else found.most = Math.max(found.most, Math.abs(a - b) / scale || Infinity);
  }
}
