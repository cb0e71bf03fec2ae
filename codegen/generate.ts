/** Graph, Layers and Plan → Sources. Pure: the same model gives the same text on every machine. */
import type { Graph } from '../src/graph/graph.js';
import { macsOf } from '../src/ops/registry.js';
import { arenaSize } from '../src/planner/buffers.js';
import type { Placement, Plan } from '../src/planner/plan.js';
import type { Target } from '../targets/target.js';
import { addressesOf } from './addresses.js';
import { kernelsHeader } from './kernels_header.js';
import type { Layer } from './layer.js';
import { modelHeader } from './model_header.js';
import { type EmittedLayer, modelSource } from './model_source.js';
import { layerLabel, readRowFunction } from './names.js';
import { resetOf } from './reset.js';
import type { SourceInput, SourceIo, SourceLayer, SourceState, Sources, SourceTensor } from './sources.js';
import { constantBytes, constantPool, weightsHeader } from './weights.js';

export interface GenerateInput {
  readonly graph: Graph;
  readonly layers: readonly Layer[];
  readonly plan: Plan;
  readonly target: Target;
  /** From `prefixOf`. */
  readonly prefix: string;
  /** From `hashGraph`. */
  readonly hash: string;
}

export function generate({ graph, layers, plan, target, prefix, hash }: GenerateInput): Sources {
  const pool = constantPool(graph, prefix);
  const kernels = new Set<string>();
  const emitted: EmittedLayer[] = [];
  for (const layer of layers) {
    if (layer.alias !== undefined) continue;
    for (const constant of layer.constants) pool.add(constant);
    const source = sourceLayer(graph, layer, prefix);
    const at = addressesOf(layer, source.symbol, { graph, plan, prefix, pool }, { kernels });
    emitted.push({ layer, source, at });
  }
  const arenaBytes = Math.max(plan.arenaBytes, target.alignment);
  // Printing comes first: only then is it known which kernels and constant tensors the layers use.
  const state = stateOf(graph, plan);
  const reset = state.map((s) => resetOf(s, graph.tensors[s.index]!, pool));
  const body = modelSource(graph, { prefix, emitted, target, reset });

  const inputs = graph.inputs.map((_, i) => sourceInput(graph, layers, plan, prefix, i));
  const outputs = graph.outputs.map((index) => ({
    ...sourceIo(graph, index),
    offset: placed(plan, index).offset,
  }));
  const facts = {
    prefix,
    hash,
    arenaBytes,
    constants: pool.constants.map((c) => ({ symbol: `${prefix}_${c.name}`, bytes: constantBytes([c]) })),
    weightsBytes: constantBytes(pool.constants),
    inputBytes: inputs.reduce((n, io) => n + io.bytes, 0),
    outputBytes: outputs.reduce((n, io) => n + io.bytes, 0),
    inputs,
    outputs,
    state,
    layers: emitted.map((e) => e.source),
    tensorCount: graph.tensors.length,
    tensors: writtenTensors(graph, layers, plan),
  };
  const files = new Map([
    [`${prefix}.h`, modelHeader(graph, facts, target)],
    [`${prefix}.c`, body],
    [`${prefix}_weights.h`, weightsHeader(pool.constants, prefix)],
    [`${prefix}_kernels.h`, kernelsHeader(layers, kernels, prefix)],
  ]);
  return { ...facts, files };
}

function sourceLayer(graph: Graph, layer: Layer, prefix: string): SourceLayer {
  const op = graph.ops[layer.op]!;
  const symbol = `${prefix}_${layerLabel(graph, layer.op)}_${op.type.toLowerCase()}`;
  return {
    op: layer.op,
    name: op.name,
    type: op.type,
    kernel: layer.kernel,
    symbol,
    macs: macsOf(op, graph),
  };
}

function placed(plan: Plan, index: number): Placement {
  const placement = plan.tensors[index];
  if (!placement) throw new Error(`tensor ${index} has no place in the arena`);
  return placement;
}

function sourceIo(graph: Graph, index: number): SourceIo {
  const { name, dtype, shape, quantization } = graph.tensors[index]!;
  return { index, name, dtype, shape, quantization, bytes: arenaSize({ dtype, shape }) };
}

function sourceInput(
  graph: Graph,
  layers: readonly Layer[],
  plan: Plan,
  prefix: string,
  position: number,
): SourceInput {
  const index = graph.inputs[position]!;
  const io = sourceIo(graph, index);
  const reader = layers.find((l) => l.byRows !== undefined && graph.ops[l.op]!.inputs[l.byRows] === index);
  if (!reader) return { ...io, offset: placed(plan, index).offset };
  const read = readRowFunction(prefix, position, graph.inputs.length);
  return { ...io, byRows: { count: reader.rowsRead!, bytes: io.bytes / io.shape[1]!, read } };
}

function stateOf(graph: Graph, plan: Plan): SourceState[] {
  return graph.tensors.flatMap(({ initial, name }, index) => {
    const placement = plan.tensors[index];
    if (!initial || !placement) return [];
    return [{ index, name, offset: placement.offset, bytes: placement.bytes }];
  });
}

/** A view is complete with its owner; views of the model's inputs are written by no layer. */
function writtenTensors(graph: Graph, layers: readonly Layer[], plan: Plan): SourceTensor[] {
  const writer = new Map<number, number>();
  let count = 0;
  for (const layer of layers) {
    const op = graph.ops[layer.op]!;
    const from = layer.alias === undefined ? count++ : writer.get(op.inputs[layer.alias]!);
    if (from !== undefined) for (const output of op.outputs) writer.set(output, from);
  }
  return [...writer]
    .map(([index, layer]) => {
      const { offset, bytes } = placed(plan, index);
      return { index, name: graph.tensors[index]!.name, layer, offset, bytes };
    })
    .sort((a, b) => a.layer - b.layer || a.index - b.index);
}
