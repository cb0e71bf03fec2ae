/** The reference for removing channels: the whole model, with the values of those channels set to 0 after every op. */
import { channelGroups } from '../../../src/compress/prune/channel_groups.js';
import { allocate, elementCount } from '../../../src/graph/access.js';
import type { Graph } from '../../../src/graph/graph.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import { random, randomData } from '../../property/random.js';

export function inputsFor(graph: Graph, seed: number): Uint8Array {
  const rng = random(seed);
  const parts = graph.inputs.map((t) => {
    const { dtype, shape } = graph.tensors[t]!;
    return new Uint8Array(randomData(dtype, elementCount(shape), rng).buffer);
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function outputsOf(graph: Graph, input: Uint8Array): Uint8Array {
  const simulator = createSimulator(graph);
  simulator.setInputs(input);
  simulator.run();
  return simulator.outputs();
}

export function zeroedOutputsOf(graph: Graph, selection: Iterable<number>, input: Uint8Array): Uint8Array {
  const removed = new Set(selection);
  const { axes } = channelGroups(graph);
  const simulator = createSimulator(graph);
  simulator.setInputs(input);
  graph.ops.forEach((op, i) => {
    simulator.runLayer(i);
    const t = op.outputs[0]!;
    const groups = axes.find((a) => a.tensor === t && a.axis === graph.tensors[t]!.shape.length - 1)?.groups;
    const values = simulator.memory[t] as Float32Array;
    if (!groups) return;
    for (let v = 0; v < values.length; v++) if (removed.has(groups[v % groups.length]!)) values[v] = 0;
  });
  return simulator.outputs();
}

/** The same by another way, which knows nothing of the groups but the filters that make them: their weights and biases are 0. */
export function withoutFilters(graph: Graph, selection: Iterable<number>): Graph {
  const removed = new Set(selection);
  const tensors = graph.tensors.map((t) => (t.data ? { ...t, data: copy(t.data) } : t));
  for (const { op, axis } of channelGroups(graph).producers) {
    const { shape, data } = tensors[axis.tensor]!;
    const inner = elementCount(shape.slice(axis.axis + 1));
    const channels = axis.groups.length;
    for (let i = 0; i < data!.length; i++) {
      if (removed.has(axis.groups[Math.floor(i / inner) % channels]!)) data![i] = 0;
    }
    const bias = tensors[graph.ops[op]!.inputs[2] ?? -1];
    if (bias?.data) for (let c = 0; c < channels; c++) if (removed.has(axis.groups[c]!)) bias.data[c] = 0;
  }
  return { ...graph, tensors };
}

function copy(data: NonNullable<Graph['tensors'][number]['data']>) {
  if (!(data instanceof Float32Array)) return data;
  const own = allocate('float32', data.length) as Float32Array;
  own.set(data);
  return own;
}
