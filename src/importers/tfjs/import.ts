/** model.json and its shards → Graph: TensorFlow.js' LayersModel and GraphModel. Needs no TensorFlow.js. */
import { CrimpError, type Diagnostic, error, inputError } from '../../diagnostics.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { identifierOf } from '../../graph/names.js';
import { foldActivation } from '../../passes/fold_activation.js';
import { foldBias } from '../../passes/fold_bias.js';
import { removeDeadOps } from '../../passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { importGraphModel } from './graph_model.js';
import { field, objectOf, shown, stringOf } from './json.js';
import { LayersImporter } from './layers_model.js';
import type { Dialect } from './options.js';
import type { AnyValue } from './value.js';
import { readManifest, type Weight, Weights } from './weights.js';
import { Writer } from './writer.js';

const damagedHint = 'The file is damaged or cut off: save, convert or download the model again.';

export interface TfjsOptions {
  readonly name: string;
  readonly file?: string;
  /** A file by its path relative to model.json. @throws CrimpError `cannot-read` */
  readonly readBeside?: (path: string) => Uint8Array;
}

/** JSON; no other model format is. */
export function isTfjs(bytes: Uint8Array): boolean {
  const start = bytes.findIndex((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte));
  return bytes[start] === 0x7b;
}

/** @throws CrimpError `malformed-model`, `missing-shard` with all problems, of unsupported layers too */
export function importTfjs(
  bytes: Uint8Array,
  { name, file, readBeside }: TfjsOptions,
): { graph: Graph; diagnostics: Diagnostic[] } {
  const json = parse(bytes, file);
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic) => void diagnostics.push(d);
  const weights = readManifest(field(json, 'weightsManifest'), {
    read: (path) => readShard(path, file, readBeside, report),
    damaged: (message) => report(error('malformed-model', message, damagedHint, { file })),
  });
  const topology = field(json, 'modelTopology');
  if (field(json, 'format') !== 'graph-model' && field(topology, 'node') === undefined)
    return importTopology(topology, weights, { name, file }, diagnostics);
  const signature = field(json, 'signature') ?? field(field(json, 'userDefinedMetadata'), 'signature');
  const writer = new Writer();
  const outputs = importGraphModel(topology, signature, writer, new Weights(weights), file, report);
  return finished(writer, outputs, { name, file }, diagnostics);
}

/** @param diagnostics what has been found of the weights */
export function importTopology(
  topology: unknown,
  weights: readonly Weight[],
  { name, file }: { readonly name: string; readonly file?: string },
  diagnostics: Diagnostic[],
  dialect: Dialect = 'tfjs',
): { graph: Graph; diagnostics: Diagnostic[] } {
  const writer = new Writer();
  const report = (d: Diagnostic) => void diagnostics.push(d);
  const importer = new LayersImporter(writer, new Weights(weights), file, report, dialect);
  // The converter puts the topology of a Keras file one level down.
  const outputs = importer.model(field(topology, 'model_config') ?? topology);
  return finished(writer, outputs, { name, file }, diagnostics);
}

function finished(
  writer: Writer,
  outputs: readonly AnyValue[],
  { name, file }: { readonly name: string; readonly file?: string },
  diagnostics: Diagnostic[],
): { graph: Graph; diagnostics: Diagnostic[] } {
  const graph: Graph = {
    name: identifierOf(name),
    tensors: writer.tensors,
    ops: writer.ops,
    inputs: writer.inputs,
    outputs: outputs.map(({ tensor }) => tensor),
  };
  const errors = diagnostics.filter((d) => d.severity === 'error');
  if (errors.length === 0)
    return { graph: graph.ops.some((op) => op.type === 'UNSUPPORTED') ? graph : tidy(graph), diagnostics };
  // What is left of a damaged model is no graph; but which of its layers are unsupported can be told.
  const others = checkGraph(graph).filter((d) => d.code === 'unsupported-op');
  throw new CrimpError([...diagnostics, ...others.map((d) => ({ ...d, where: { file, ...d.where } }))]);
}

function tidy(graph: Graph): Graph {
  return [removeDeadOps, foldBias, foldActivation, removeUnusedTensors].reduce((g, pass) => pass(g), graph);
}

function parse(bytes: Uint8Array, file: string | undefined): unknown {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const message = `is no JSON (${(cause as Error).message.slice(0, 120)})`;
    throw inputError('malformed-model', message, damagedHint, { file });
  }
  const format = stringOf(field(json, 'format'));
  const topology = objectOf(field(json, 'modelTopology'));
  if (!topology) {
    const message = 'is JSON without a modelTopology, so no model of TensorFlow.js';
    throw inputError('unknown-format', message, 'Give the model.json that TensorFlow.js has saved.', {
      file,
    });
  }
  if (format !== undefined && format !== 'layers-model' && format !== 'graph-model') {
    const message = `is of format ${shown(format)}; layers-model and graph-model are read`;
    throw inputError('unknown-format', message, 'Export the model as .tflite or .onnx.', { file });
  }
  return json;
}

/** Shards lie beside model.json or below; other paths are not followed. */
function readShard(
  path: string,
  file: string | undefined,
  readBeside: TfjsOptions['readBeside'],
  report: (d: Diagnostic) => void,
): Uint8Array | undefined {
  const refuse = (why: string) =>
    report(
      error('missing-shard', `its weights ${shown(path)} ${why}`, `Put ${shown(path)} beside model.json.`, {
        file,
      }),
    );
  if (path === '' || /^([/\\]|[a-z]+:)|(^|[/\\])\.\.([/\\]|$)|\0/i.test(path))
    refuse('lie outside of its folder');
  else if (!readBeside) refuse('are in a file of their own, and only bytes were given');
  else {
    try {
      return readBeside(path);
    } catch (cause) {
      if (!(cause instanceof CrimpError)) throw cause;
      refuse(`cannot be read: ${cause.diagnostics[0]?.message ?? 'no such file'}`);
    }
  }
  return undefined;
}
