/** A graph as text: one line an op, with attributes, shapes, dtypes and quantization. */
import { byteSize } from './access.js';
import type { Graph, Quantization, Tensor } from './graph.js';

export function dumpGraph(graph: Graph): string {
  const shown = (t: number) => (t < 0 ? '–' : `${nameOf(graph, t)}: ${describe(graph.tensors[t])}`);
  const rows = graph.ops.map((op, i) => [
    String(i),
    op.type === 'UNSUPPORTED' ? `${(op.attributes as { builtin: string }).builtin} (unsupported)` : op.type,
    `(${op.inputs.map((t) => nameOf(graph, t)).join(', ')})`,
    `→ ${op.outputs.map(shown).join(', ')}`,
    op.type === 'UNSUPPORTED' ? '' : describeAttributes(op.attributes),
  ]);
  const constants = graph.tensors.flatMap((t) => (t.data ? [[t.name, describe(t), `${byteSize(t)} B`]] : []));
  return [
    `graph ${graph.name}`,
    ...graph.inputs.map((t) => `  in   ${shown(t)}`),
    ...align(rows).map((line) => `  ${line}`),
    ...graph.outputs.map((t) => `  out  ${shown(t)}`),
    ...(constants.length > 0 ? ['constants', ...align(constants).map((line) => `  ${line}`)] : []),
    '',
  ].join('\n');
}

function nameOf(graph: Graph, t: number): string {
  return t < 0 ? '–' : (graph.tensors[t]?.name ?? `#${t}?`);
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

/** `padding=SAME stride=2×2 activation=RELU6`; what is absent or NONE goes without saying. */
function describeAttributes(attributes: object): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== 'NONE')
    .map(([key, value]) => `${key}=${describeValue(value)}`)
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
