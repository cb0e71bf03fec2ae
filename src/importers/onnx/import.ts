/**
 * .onnx bytes → Graph. Nodes are taken in the order of the file, each by the importer of its type in `ops/`. A value remembers in
 * which order its axes lie (`value.ts`): convolutions ask for channels last, most ops take what they are given, and a
 * TRANSPOSE is written only where two do not agree. What cannot be imported becomes an UNSUPPORTED op, and the rest goes on
 * as far as shapes are known.
 */
import { type Diagnostic, error, inputError, warning } from '../../diagnostics.js';
import { dataTypes } from '../../formats/onnx/data_types.js';
import {
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  toNumber,
} from '../../formats/onnx/schema.js';
import type { Graph } from '../../graph/graph.js';
import { identifierOf } from '../../graph/names.js';
import { foldActivation } from '../../passes/fold_activation.js';
import { foldBias } from '../../passes/fold_bias.js';
import { removeDeadOps } from '../../passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { fold } from './fold.js';
import { inputOrder } from './input_layout.js';
import { type InputShapes, inputsOf, type OnnxInput } from './inputs.js';
import { liveNodes } from './live_nodes.js';
import { type Node, nodeOf } from './node.js';
import type { Known, NodeContext } from './node_context.js';
import { nodeImporters } from './ops/index.js';
import { keepsLabels } from './ops/pass.js';
import { outputsOf } from './outputs.js';
import { foldQuantizedBias } from './quantized_bias.js';
import { integerGroups } from './quantized_groups.js';
import { importedOverReals } from './quantized_nodes.js';
import { constantOf, type ReadBeside } from './tensor_proto.js';
import { identity, sameList, storedShape, Unsupported, type Value } from './value.js';
import { Writer } from './writer.js';

const damaged = 'The file is damaged or cut off: export or download it again.';
const oldest = 7;
const newest = 21;

/** A model begins with its IR version, which is field 1 and a varint. No other format that is told from its content does. */
export function isOnnx(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08;
}

export interface OnnxOptions {
  readonly name: string;
  readonly file?: string;
  readonly shapes?: InputShapes;
  readonly readBeside?: ReadBeside;
}

/** @throws CrimpError `malformed-model`, `unknown-format`; `cannot-read` for weights in a file of their own */
export function importOnnx(
  bytes: Uint8Array,
  { name, file, shapes = {}, readBeside }: OnnxOptions,
): { graph: Graph; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic) => void diagnostics.push(d);
  const { model, proto } = read(bytes, file);
  checkOpset(model, file, report);
  const writer = new Writer();
  const importer = new GraphImporter(writer, model, proto, file, report, readBeside && onceEach(readBeside));
  const inputs = inputsOf(proto, shapes, file, report);
  const channelsFirst = inputs.map((input) => importer.input(input));
  for (const { node, index } of liveNodes(proto)) importer.node(node, index);
  const outputs = outputsOf(proto, importer.values, writer, file, report);
  const graph: Graph = {
    name: identifierOf(name),
    tensors: writer.tensors,
    ops: writer.ops,
    inputs: writer.inputs,
    outputs,
    ...(channelsFirst.includes(true) && { channelsFirst }),
  };
  const whole =
    !graph.ops.some((op) => op.type === 'UNSUPPORTED') && !diagnostics.some((d) => d.severity === 'error');
  const integers = integerGroups(whole ? tidy(graph) : graph, file);
  const folded = whole ? removeUnusedTensors(foldActivation(integers.graph)) : integers.graph;
  return { graph: folded, diagnostics: [...diagnostics, ...integers.diagnostics] };
}

const passes = [removeDeadOps, foldQuantizedBias, foldBias, foldActivation, removeUnusedTensors];

function tidy(graph: Graph): Graph {
  return passes.reduce((g, pass) => pass(g), graph);
}

function read(bytes: Uint8Array, file: string | undefined): { model: ModelProto; proto: GraphProto } {
  let model: ModelProto;
  try {
    model = decodeModel(bytes);
  } catch (cause) {
    const message = `cannot be read as ONNX (${(cause as Error).message})`;
    throw inputError('malformed-model', message, damaged, { file });
  }
  if (model.graph) return { model, proto: model.graph };
  const hint = 'Export the model as .tflite or .onnx first.';
  throw inputError('unknown-format', 'this is a protocol buffer, and no ONNX model: it has no graph', hint, {
    file,
  });
}

/** All weights of a model lie in one file, as a rule. */
function onceEach(read: ReadBeside): ReadBeside {
  const files = new Map<string, Uint8Array>();
  return (path) => {
    const bytes = files.get(path) ?? read(path);
    files.set(path, bytes);
    return bytes;
  };
}

function versionOf(model: ModelProto, domain: string): number {
  const found = model.opsetImport.find(
    (o) => o.domain === domain || (domain === '' && o.domain === 'ai.onnx'),
  );
  return found ? toNumber(found.version) : 1;
}

function checkOpset(model: ModelProto, file: string | undefined, report: (d: Diagnostic) => void): void {
  const version = versionOf(model, '');
  const message = `is of operator set ${version}; ${oldest} to ${newest} are read`;
  const hint = `Export the model with operator set ${newest}, or another from ${oldest} on.`;
  if (version < oldest) report(error('unsupported-opset', message, hint, { file }));
  else if (version > newest) report(warning('unsupported-opset', message, hint, { file }));
}

class GraphImporter {
  readonly values = new Map<string, Value>();
  /** Constants that cannot be read, with the reason. */
  private readonly broken = new Map<string, string>();
  /** Shapes that the file tells of values in between. */
  private readonly declared: ReadonlyMap<string, readonly number[]>;

  constructor(
    private readonly writer: Writer,
    private readonly model: ModelProto,
    private readonly proto: GraphProto,
    private readonly file: string | undefined,
    private readonly report: (d: Diagnostic) => void,
    readBeside: ReadBeside | undefined,
  ) {
    for (const initializer of proto.initializer) {
      const constant = constantOf(initializer, readBeside);
      if ('reason' in constant) this.broken.set(initializer.name, constant.reason);
      else this.values.set(initializer.name, constant);
    }
    this.declared = declaredShapes(proto);
  }

  /** @returns whether the tensor has the channels last, and ONNX first */
  input({ name, dims, dtype }: OnnxInput): boolean {
    const order = inputOrder(this.proto.node, name, dims.length);
    try {
      const tensor = this.writer.input(name, dtype, storedShape(dims, order));
      this.values.set(name, { kind: 'activation', dims, dtype, tensor, order });
    } catch (thrown) {
      if (!(thrown instanceof Unsupported)) throw thrown;
      const hint = 'No target has that much memory; if the model is smaller, its file is damaged.';
      this.report(error('tensor-too-large', `input "${name}" ${thrown.message}`, hint, { file: this.file }));
      this.values.set(name, { kind: 'unknown', tensor: this.writer.input(name, dtype, []) });
    }
    return !sameList(order, identity(dims.length));
  }

  node(proto: NodeProto, index: number): void {
    const node = nodeOf(proto, versionOf(this.model, proto.domain), index);
    const missing = proto.input.find(
      (name) => name !== '' && !this.values.has(name) && !this.broken.has(name),
    );
    if (missing !== undefined) {
      const where = { file: this.file, op: { index, type: node.type, name: node.name } };
      this.report(error('malformed-model', `reads "${missing}", which nothing gives`, damaged, where));
      this.give(node, this.unsupported(node, [], undefined));
      return;
    }
    const inputs = proto.input.map((name) => (name === '' ? undefined : this.values.get(name)));
    const importer = Object.hasOwn(nodeImporters, node.type) ? nodeImporters[node.type] : undefined;
    const unknown = inputs.find((value) => value?.kind === 'unknown');
    const broken = proto.input.find((name) => this.broken.has(name));
    if (!importer || broken !== undefined) {
      const reason = broken === undefined ? undefined : `its input "${broken}" ${this.broken.get(broken)}`;
      this.give(node, this.folded(node, inputs, reason) ?? this.unsupported(node, inputs, reason));
    } else if (unknown)
      this.give(
        node,
        node.outputs.map(() => unknown),
      );
    else
      this.give(
        node,
        this.imported({ node, inputs: inputs as (Known | undefined)[], graph: this.writer }, importer),
      );
  }

  private imported(
    context: NodeContext,
    importer: (context: NodeContext) => readonly Value[],
  ): readonly Value[] {
    try {
      const constant = fold(context);
      if (constant) return [constant];
      const label = context.inputs.find((value) => value?.kind === 'label');
      return label && keepsLabels(context.node.type) ? [label] : importedOverReals(context, importer);
    } catch (thrown) {
      if (thrown instanceof Unsupported)
        return this.unsupported(context.node, context.inputs, thrown.message);
      throw thrown;
    }
  }

  /** Of ops that exist only in arithmetic of shapes. */
  private folded(node: Node, inputs: readonly (Value | undefined)[], reason: string | undefined) {
    if (reason !== undefined || inputs.some((value) => value?.kind === 'unknown')) return undefined;
    const context = { node, inputs: inputs as (Known | undefined)[], graph: this.writer };
    try {
      const constant = fold(context);
      return constant && [constant];
    } catch (thrown) {
      if (thrown instanceof Unsupported) return this.unsupported(node, inputs, thrown.message);
      throw thrown;
    }
  }

  /** An UNSUPPORTED op. Where the file tells the shape of what it gives, import goes on behind it. */
  private unsupported(
    node: Node,
    inputs: readonly (Value | undefined)[],
    reason: string | undefined,
  ): Value[] {
    const tensors = inputs.flatMap((value) => (value && 'tensor' in value ? [value.tensor] : []));
    const attributes = {
      builtin: node.type,
      version: node.opset,
      ...(reason !== undefined && { reason: `${node.type}: ${reason}` }),
    };
    const shapes = node.outputs.map((name) => this.declared.get(name));
    const outputs = this.writer.op(
      'UNSUPPORTED',
      node.name,
      tensors,
      attributes,
      'float32',
      ...shapes.map((shape) => shape ?? []),
    );
    return outputs.map((tensor, i): Value => {
      const dims = shapes[i];
      if (!dims) return { kind: 'unknown', tensor };
      return { kind: 'activation', dims, dtype: 'float32', tensor, order: identity(dims.length) };
    });
  }

  private give(node: Node, values: readonly Value[]): void {
    node.outputs.forEach((name, i) => {
      const value = values[i];
      if (name !== '' && value) this.values.set(name, value);
    });
  }
}

/** Those of float values that are wholly known, the batch being 1. */
function declaredShapes({ valueInfo, output }: GraphProto): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, type } of [...valueInfo, ...output]) {
    const tensor = type?.tensorType;
    if (!tensor?.shape || dataTypes[tensor.elemType]?.dtype !== 'float32') continue;
    const dims = tensor.shape.dim.map(({ dimValue }, i) => toNumber(dimValue) || (i === 0 ? 1 : 0));
    const count = dims.reduce((n, d) => n * d, 1);
    if (dims.every((d) => Number.isInteger(d) && d > 0) && count <= 2 ** 26) shapes.set(name, dims);
  }
  return shapes;
}
