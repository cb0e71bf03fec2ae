/** A model whose every layer can be looked at: the tensors between them as outputs. */

import { exportTflite } from '../exporters/tflite/export.js';
import { decodeModel, encodeModel, type NodeProto } from '../formats/onnx/schema.js';
import type { Graph } from '../graph/graph.js';
import { isTflite } from '../importers/tflite/import.js';
import type { Kernels } from './causes/explain.js';
import { openOnnx } from './onnxruntime.js';
import type { Runtime, RuntimeModel } from './runtime.js';
import { openTflite } from './tfjs_tflite.js';

export interface Exposed {
  /** Of the graph, in the order of the runtime's answers. */
  readonly tensors: readonly number[];
  readonly kernels: Kernels;
  readonly runtime: Runtime;
}

/** @param model a .tflite or an .onnx @throws CrimpError `runtime-refuses` */
export async function openExposed(model: RuntimeModel): Promise<Exposed> {
  const { graph } = model;
  const tensors = [...new Set([...graph.ops.flatMap(({ outputs }) => outputs), ...graph.outputs])];
  if (isTflite(model.bytes)) {
    const runtime = await openTflite(exportTflite({ ...graph, outputs: tensors }));
    return { tensors, kernels: 'tflite', runtime };
  }
  return openExposedOnnx(model, tensors);
}

/**
 * Tensors that are a value of the file, and of its type: shown, a float32 value that integers stand for would keep ONNX Runtime
 * from computing in integers.
 */
async function openExposedOnnx(model: RuntimeModel, tensors: readonly number[]): Promise<Exposed> {
  const { graph } = model;
  const values = valuesOf(graph, decodeModel(model.bytes).graph?.node ?? []);
  const isOutput = (t: number) => graph.outputs.includes(t);
  const renamed = graph.tensors.map((tensor, t) => ({
    ...tensor,
    name: (!isOutput(t) && values.get(t)) || tensor.name,
  }));
  const open = (shown: readonly number[]) => {
    const added = shown.flatMap((t) => (isOutput(t) ? [] : renamed[t]!.name));
    const bytes = withOutputs(model.bytes, added);
    return openOnnx({ ...model, bytes, graph: { ...graph, tensors: renamed, outputs: shown } });
  };
  const known = tensors.filter((t) => isOutput(t) || values.has(t));
  const all = await open(known);
  const shown = known.filter((t) => isOutput(t) || isOfType(graph, t, all.typeOf(renamed[t]!.name)));
  if (shown.length === known.length) return { tensors: known, kernels: 'onnx', runtime: all };
  await all.close();
  return { tensors: shown, kernels: 'onnx', runtime: await open(shown) };
}

/** Operators of the file that crimp fuses into the one before them, which keeps its name. */
const fused: ReadonlySet<string> = new Set(['Add', 'Clip', 'Relu']);

/** By tensor: the value of the file. Tensors are called as the values or nodes that they come from, each at most once. */
function valuesOf(graph: Graph, nodes: readonly NodeProto[]): ReadonlyMap<number, string> {
  const named = new Map(nodes.flatMap((node) => [[node.output[0]!, node.output[0]!] as const]));
  for (const { name, output } of nodes) if (name !== '') named.set(name, output[0]!);
  // Where values join at one scale and go on at another, the importer writes two operators for a node.
  const nodeOf = (name: string) => name.replace(/\/quantize$/, '');
  const taken = new Set(graph.outputs.map((t) => graph.tensors[t]!.name));
  const found = new Map<number, string>();
  for (const t of graph.ops.flatMap(({ outputs }) => outputs).reverse()) {
    const { name, quantization } = graph.tensors[t]!;
    const value = named.get(nodeOf(name));
    const shown = value && quantization ? quantizedFrom(value, nodes) : value;
    if (shown === undefined || taken.has(shown)) continue;
    taken.add(shown);
    found.set(t, shown);
  }
  return found;
}

/** Of a value between DequantizeLinear and QuantizeLinear, what the latter makes of it; of others, the value. */
function quantizedFrom(value: string, nodes: readonly NodeProto[]): string {
  const readers = nodes.filter(({ input }) => input.includes(value));
  const quantizer = readers.find(({ opType, input }) => opType === 'QuantizeLinear' && input[0] === value);
  if (quantizer) return quantizer.output[0]!;
  const [only, ...more] = readers;
  return only && more.length === 0 && fused.has(only.opType) ? quantizedFrom(only.output[0]!, nodes) : value;
}

function isOfType({ tensors }: Graph, t: number, type: string | undefined): boolean {
  const { dtype } = tensors[t]!;
  return type === dtype || (type === 'uint8' && dtype === 'int8') || (type === 'int64' && dtype === 'int32');
}

/** Messages of protobuf that follow one another are one: repeated fields are joined. */
function withOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  return Buffer.concat([bytes, encodeModel({ graph: { output: names.map((name) => ({ name })) } })]);
}
