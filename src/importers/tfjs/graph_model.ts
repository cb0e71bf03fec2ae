/** A GraphModel, TensorFlow's GraphDef as JSON, → graph. */
import { type Diagnostic, error } from '../../diagnostics.js';
import { attributesOf } from './attributes.js';
import { folded } from './fold.js';
import { field, listOf, objectOf, shown, stringOf } from './json.js';
import { Node, type NodeInput } from './node.js';
import { nodeImporters } from './nodes/index.js';
import { Options } from './options.js';
import { type AnyValue, Unknown, Unsupported } from './value.js';
import type { Weights } from './weights.js';
import type { Writer } from './writer.js';

const damaged = 'The file is damaged: convert the model again.';

interface NodeConfig {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly options: Options;
}

/** @param signature of the model's inputs and outputs; without one, outputs are what nothing reads */
export function importGraphModel(
  topology: unknown,
  signature: unknown,
  writer: Writer,
  weights: Weights,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): AnyValue[] {
  const malformed = (message: string) => report(error('malformed-model', message, damaged, { file }));
  const nodes = nodesOf(topology, malformed);
  const values = new Map<string, NodeInput>();
  /** Of an unsupported node only the first output is there, and nothing is known of the others either. */
  const resolved = (name: string) => {
    const first = values.get(name) ?? values.get(name.replace(/:\d+$/, ''));
    const known = values.has(name) || (first && !('weight' in first) && first.shape === undefined);
    return known ? first : undefined;
  };
  let waiting = nodes;
  while (waiting.length > 0) {
    const left = waiting.filter((node) => {
      const inputs = node.inputs.map(resolved);
      if (!inputs.every((input) => input !== undefined)) return true;
      const results = apply(node, inputs, writer, weights, file, report);
      for (const [i, value] of results.entries())
        values.set(i === 0 ? node.name : `${node.name}:${i}`, value);
      return false;
    });
    if (left.length === waiting.length) {
      for (const { name, inputs } of left)
        malformed(`node "${name}" reads "${inputs.find((i) => !values.has(i))}", which nothing gives`);
      break;
    }
    waiting = left;
  }
  return outputsOf(signature, nodes).flatMap((name) => {
    const value = resolved(name);
    if (value && !('weight' in value)) return [value];
    malformed(`its output "${name}" is ${value ? 'a constant' : 'not among its nodes'}`);
    return [];
  });
}

function apply(
  { name, type, options }: NodeConfig,
  inputs: readonly NodeInput[],
  writer: Writer,
  weights: Weights,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): readonly NodeInput[] {
  const tensors = inputs.flatMap((input) => ('tensor' in input && input.tensor >= 0 ? [input.tensor] : []));
  try {
    if (type === 'Const') {
      const weight = weights.named(name);
      if (!weight) throw new Unsupported('its values are not in the weights manifest');
      return [{ weight }];
    }
    if (type === 'Placeholder') return [placeholder(name, options, writer, file, report)];
    const weight = folded(name, type, options, inputs);
    if (weight) return [{ weight }];
    const importer = Object.hasOwn(nodeImporters, type) ? nodeImporters[type] : undefined;
    if (!importer) throw new Unsupported('');
    return [importer(new Node(name, type, options, writer, inputs))].flat();
  } catch (thrown) {
    if (thrown instanceof Unknown) return [{ tensor: tensors[0] ?? -1 }];
    if (!(thrown instanceof Unsupported)) throw thrown;
    const reason = thrown.message === '' ? `${type} nodes are not supported` : `${type}: ${thrown.message}`;
    const { tensor } = writer.op('UNSUPPORTED', name, tensors, { builtin: type, version: 1, reason }, [1]);
    return [{ tensor }];
  }
}

/** With batch 1. */
function placeholder(
  name: string,
  options: Options,
  writer: Writer,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): AnyValue {
  const [given, dtype] = [options.get('shape'), options.get('dtype')];
  const where = { file, place: `node "${name}"` };
  const shape = [1, ...(listOf(given)?.slice(1) ?? [])] as number[];
  if (dtype !== undefined && dtype !== 'DT_FLOAT') {
    const hint = 'Build the model with a float32 input; crimp quantize --io makes it an integer one.';
    report(error('unsupported-tensor', `the input is ${shown(dtype)}; only DT_FLOAT can be`, hint, where));
  }
  if (listOf(given)?.length && shape.every((d) => Number.isSafeInteger(d) && d > 0))
    return writer.input(name, shape);
  const message = `the input's shape is ${shown(given)}; only the first dimension, the batch, can be open`;
  report(error('dynamic-shape', message, 'Convert the model with an input of fixed shape.', where));
  return { tensor: writer.input(name, [1]).tensor };
}

function nodesOf(topology: unknown, malformed: (message: string) => void): NodeConfig[] {
  const list = listOf(field(topology, 'node'));
  if (!list || list.length === 0) malformed('its topology has no nodes');
  return (list ?? []).flatMap((json, i): NodeConfig[] => {
    const [name, type] = [stringOf(field(json, 'name')), stringOf(field(json, 'op'))];
    const inputs = listOf(field(json, 'input')) ?? [];
    if (name === undefined || type === undefined || !inputs.every((input) => typeof input === 'string')) {
      malformed(`node ${i} of its topology has no name or no op`);
      return [];
    }
    // ^name only orders nodes.
    const read = (inputs as string[]).filter((input) => !input.startsWith('^')).map(nodeName);
    return [{ name, type, inputs: read, options: new Options(attributesOf(json)) }];
  });
}

function outputsOf(signature: unknown, nodes: readonly NodeConfig[]): string[] {
  const named = Object.values(objectOf(field(signature, 'outputs')) ?? {}).map((o) =>
    stringOf(field(o, 'name')),
  );
  if (named.length > 0) return named.map((name) => nodeName(name ?? ''));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return nodes.filter(({ name, type }) => !read.has(name) && type !== 'Const').map(({ name }) => name);
}

/** A tensor `name:0` is the node's first output. */
function nodeName(tensor: string): string {
  return tensor.replace(/:0$/, '');
}
