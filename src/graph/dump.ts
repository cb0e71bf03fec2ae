/** A graph as text: one line an op, with attributes, shapes, dtypes and quantization. */
import { byteSize } from './access.js';
import type { Graph, Quantization, Tensor } from './graph.js';

/** Tensors are called by their index; converters' names run to hundreds of letters and stand at the line's end. */
export function dumpGraph(graph: Graph): string {
  const tensor = (t: number) => [ref(t), describe(graph.tensors[t]), label(graph.tensors[t]?.name)];
  const ops = graph.ops.map((op, i) => [
    `${i}`,
    op.type === 'UNSUPPORTED' ? `${(op.attributes as { builtin: string }).builtin}!` : op.type,
    `${op.inputs.map(ref).join(' ')} → ${op.outputs.map(ref).join(' ')}`,
    op.outputs.map((t) => describe(graph.tensors[t])).join(', '),
    op.type === 'UNSUPPORTED' ? 'unsupported' : describeAttributes(op.attributes),
    label(op.name),
  ]);
  const constants = graph.tensors.flatMap((t, i) => (t.data ? [[...tensor(i), `${byteSize(t)} B`]] : []));
  const state = graph.tensors.flatMap((t, i) => (t.initial ? [[...tensor(i), `${byteSize(t)} B`]] : []));
  const section = (title: string, rows: string[][]) =>
    rows.length === 0 ? [] : [title, ...align(rows).map((line) => `  ${line}`)];
  return [
    `graph ${graph.name}`,
    ...section('inputs', graph.inputs.map(tensor)),
    ...section('ops', ops),
    ...section('outputs', graph.outputs.map(tensor)),
    ...section('state', state),
    ...section('constants', constants),
    '',
  ].join('\n');
}

function ref(t: number): string {
  return t < 0 ? '–' : `%${t}`;
}

/** The first of the names that a converter has joined, if need be without its beginning. */
function label(name = '?'): string {
  const first = name.split(';')[0]!;
  return first.length > 40 ? `…${first.slice(-39)}` : first;
}

/** `int8 [1, 49, 10, 1] 0.0417·(q − 3)` */
function describe(tensor: Tensor | undefined): string {
  if (!tensor) return '?';
  const { dtype, shape, quantization } = tensor;
  return `${dtype} [${shape.join(', ')}]${quantization ? ` ${describeQuantization(quantization)}` : ''}`;
}

function describeQuantization({ scale, zeroPoint, axis }: Quantization): string {
  if (scale.length > 1) {
    const sorted = [...scale].sort((a, b) => a - b);
    return `${short(sorted[0]!)}…${short(sorted.at(-1)!)}·q along axis ${axis}`;
  }
  const zero = zeroPoint[0] ?? 0;
  const q = zero === 0 ? 'q' : zero < 0 ? `(q + ${-zero})` : `(q − ${zero})`;
  return `${short(scale[0] ?? 0)}·${q}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** What goes without saying. */
const usual = new Set([
  'activation=NONE',
  'dilation=1×1',
  'weightsFormat=DEFAULT',
  'keepNumDims=false',
  'beta=1',
]);

/** `padding=SAME stride=2×2 activation=RELU6` */
function describeAttributes(attributes: object): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${describeValue(value)}`)
    .filter((text) => !usual.has(text))
    .join(' ');
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (value !== null && typeof value === 'object') return Object.values(value).map(describeValue).join('×');
  return typeof value === 'number' ? short(value) : String(value);
}

/** Columns of equal width, two spaces apart; no trailing space. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
}
