/**
 * Layer by layer: the runtime's own values of every tensor that it shows, and what the simulator makes of the same inputs. So
 * a difference is the layer's own, not one that came in from before. A tensor that the runtime does not show is the simulator's.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { Graph, Op, TensorData } from '../graph/graph.js';
import type { Memory } from '../ops/op.js';
import { createSimulator } from '../simulator/simulator.js';
import type { CauseName } from './causes/cause.js';
import { exactResult, type Unrounded } from './causes/exact_result.js';
import { causesOf, type Kernels } from './causes/explain.js';
import { type Agreement, type Comparer, comparer, sameValues } from './compare.js';
import { openExposed } from './exposed.js';
import { nearer, type SampleSource } from './outputs.js';
import type { RuntimeModel } from './runtime.js';

export interface LayerAgreement extends Agreement {
  readonly index: number;
  readonly type: string;
  readonly name: string;
  /** The output that is compared: the first that differs, else the first. */
  readonly tensor: string;
  /** What explains every difference; null where there is none, or nothing does. */
  readonly cause: CauseName | null;
}

/**
 * Layers of a .tflite or an .onnx.
 *
 * @returns every layer, and the runtime's outputs by sample
 */
export async function compareLayers(
  model: RuntimeModel,
  samples: SampleSource,
  onSample?: (done: number) => void,
): Promise<{ readonly layers: LayerAgreement[]; readonly outputs: readonly (readonly TensorData[])[] }> {
  const { graph } = model;
  const { tensors, kernels, runtime } = await openExposed(model);
  try {
    const simulator = createSimulator(graph);
    const layers = graph.ops.map((op) => layerOf(op as Op, graph, kernels));
    const outputs: TensorData[][] = [];
    for (let sample = 0; sample < samples.count; sample++) {
      await nextTurn();
      simulator.setInputs(samples.bytes(sample));
      const answers = await runtime.run(graph.inputs.map((t) => simulator.memory[t]!));
      const theirs = new Map<number, TensorData>();
      const unrounded = new Map<number, Float32Array>();
      const shown = new Map(tensors.map((t, i) => [t, answers[i]]));
      graph.ops.forEach((op, i) => {
        for (const t of op.inputs) {
          const values = theirs.get(t);
          if (values?.length === simulator.memory[t]?.length) simulator.memory[t]?.set(values as never);
        }
        simulator.runLayer(i);
        for (const t of op.outputs) {
          const answer = shown.get(t);
          if (answer) theirs.set(t, nearer(simulator.memory[t]!, answer));
        }
        layers[i]!.add(sample, simulator.memory, theirs, unrounded);
        if (op.outputs.some((t) => !shown.get(t))) addUnrounded(op as Op, graph, simulator.memory, unrounded);
      });
      outputs.push(graph.outputs.map((t) => theirs.get(t)!));
      onSample?.(sample + 1);
    }
    return { layers: layers.map((layer, index) => ({ index, ...layer.result() })), outputs };
  } finally {
    await runtime.close();
  }
}

function layerOf(op: Op, graph: Graph, kernels: Kernels) {
  const comparers = op.outputs.map((t): [number, Comparer] => [t, comparer(graph.tensors[t]!)]);
  let causes: CauseName[] | undefined;
  return {
    add(sample: number, memory: Memory, theirs: ReadonlyMap<number, TensorData>, unrounded: Unrounded) {
      for (const [t, compare] of comparers) {
        const [own, other] = [memory[t]!, theirs.get(t)];
        if (!other) continue;
        compare.add(sample, own, other);
        if (sameValues(own, other)) continue;
        // What explains one sample has to explain them all.
        const found =
          op.outputs.length === 1 && causes?.length !== 0
            ? causesOf(op, graph, memory, other, unrounded, kernels)
            : [];
        causes = causes ? causes.filter((cause) => found.includes(cause)) : found;
      }
    },
    result(): Omit<LayerAgreement, 'index'> {
      const results = comparers.map(([t, compare]) => ({ t, ...compare.result() }));
      const { t, ...agreement } = results.find((r) => r.different > 0) ??
        results[0] ?? { t: -1, ...nothing() };
      return {
        type: op.type,
        name: op.name,
        tensor: graph.tensors[t]?.name ?? '',
        ...agreement,
        cause: causes?.[0] ?? null,
      };
    },
  };
}

/** Of a tensor that the runtime does not show, and so may not round: what it was rounded from. */
function addUnrounded(op: Op, graph: Graph, memory: Memory, unrounded: Map<number, Float32Array>): void {
  const exact = exactResult(op, graph, memory, unrounded);
  if (!exact) return;
  const output = outputTensor(graph, op);
  const [scale, zero] = [scaleOf(output), zeroPointOf(output)];
  unrounded.set(
    op.outputs[0]!,
    Float32Array.from(exact.values, (q) => scale * (q - zero)),
  );
}

/** Of an op that only writes state. */
function nothing(): Agreement {
  return comparer({ name: '', dtype: 'int8', shape: [] }).result();
}
