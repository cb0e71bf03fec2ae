/**
 * Layer by layer in TensorFlow Lite: its own values of every tensor, and what the simulator makes of the same inputs. So
 * a difference is the layer's own, not one that came in from before.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { exportTflite } from '../exporters/tflite/export.js';
import type { Graph, Op, TensorData } from '../graph/graph.js';
import { createSimulator } from '../simulator/simulator.js';
import type { CauseName } from './causes/cause.js';
import { causesOf } from './causes/explain.js';
import { type Agreement, type Comparer, comparer, sameValues } from './compare.js';
import { openTflite } from './tfjs_tflite.js';

export interface LayerAgreement extends Agreement {
  readonly index: number;
  readonly type: string;
  readonly name: string;
  /** The output that is compared: the first that differs, else the first. */
  readonly tensor: string;
  /** What explains every difference; null where there is none, or nothing does. */
  readonly cause: CauseName | null;
}

/** @returns the op's outputs by layer, and those of the graph of each sample */
export async function compareLayers(
  graph: Graph,
  samples: { readonly count: number; bytes(i: number): Uint8Array },
  onSample?: (done: number) => void,
): Promise<{ readonly layers: LayerAgreement[]; readonly outputs: readonly (readonly TensorData[])[] }> {
  const exposed = [...new Set([...graph.ops.flatMap(({ outputs }) => outputs), ...graph.outputs])];
  const runtime = await openTflite(exportTflite({ ...graph, outputs: exposed }));
  try {
    const simulator = createSimulator(graph);
    const layers = graph.ops.map((op) => layerOf(op as Op, graph));
    const outputs: TensorData[][] = [];
    for (let sample = 0; sample < samples.count; sample++) {
      await nextTurn();
      simulator.setInputs(samples.bytes(sample));
      const answers = await runtime.run(graph.inputs.map((t) => simulator.memory[t]!));
      const theirs = new Map(exposed.map((t, i) => [t, answers[i]!.data]));
      outputs.push(graph.outputs.map((t) => theirs.get(t)!));
      graph.ops.forEach((op, i) => {
        for (const t of op.inputs) {
          const values = theirs.get(t);
          if (values && values.length === simulator.memory[t]!.length)
            simulator.memory[t]!.set(values as never);
        }
        simulator.runLayer(i);
        layers[i]!.add(sample, simulator.memory, theirs);
      });
      onSample?.(sample + 1);
    }
    return { layers: layers.map((layer, index) => ({ index, ...layer.result() })), outputs };
  } finally {
    await runtime.close();
  }
}

function layerOf(op: Op, graph: Graph) {
  const comparers = op.outputs.map((t): [number, Comparer] => [t, comparer(graph.tensors[t]!)]);
  let causes: CauseName[] | undefined;
  return {
    add(sample: number, memory: readonly TensorData[], theirs: ReadonlyMap<number, TensorData>) {
      for (const [t, compare] of comparers) {
        const [own, other] = [memory[t]!, theirs.get(t)];
        compare.add(sample, own, other);
        if (!other || sameValues(own, other)) continue;
        // What explains one sample has to explain them all.
        const found =
          op.outputs.length === 1 && causes?.length !== 0 ? causesOf(op, graph, memory, other) : [];
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

/** Of an op that only writes state. */
function nothing(): Agreement {
  return comparer({ name: '', dtype: 'int8', shape: [] }).result();
}
