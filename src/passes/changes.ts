/** What a pass did, told from the graphs before and after it: one line for each op that went, came or changed. */
import { byteSize } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';

/** `CONV_2D "conv": activation RELU, writes "relu"`. Tensors have the same indices in both graphs. */
export function changesOf(before: Graph, after: Graph): string[] {
  const later = new Map(after.ops.map((op) => [op.name, op]));
  const earlier = new Set(before.ops.map((op) => op.name));
  const changed = before.ops.flatMap((op) => {
    const now = later.get(op.name);
    if (now === op) return [];
    return [now ? `${titleOf(op)}${difference(op, now, after)}` : `${titleOf(op)} ${endOf(op, after)}`];
  });
  const added = after.ops.filter((op) => !earlier.has(op.name)).map((op) => `${titleOf(op)} added`);
  return [...changed, ...added];
}

function titleOf(op: AnyOp): string {
  return `${op.type} "${op.name}"`;
}

function endOf(op: AnyOp, after: Graph): string {
  const outputs = op.outputs.map((t) => after.tensors[t]!);
  if (outputs.length === 0 || outputs.some((tensor) => !tensor.data)) return 'removed';
  return `computed: a constant of ${outputs.reduce((n, tensor) => n + byteSize(tensor), 0)} bytes`;
}

function difference(op: AnyOp, now: AnyOp, { tensors }: Graph): string {
  const names = (list: readonly number[]) =>
    list.map((t) => (t < 0 ? 'nothing' : `"${tensors[t]!.name}"`)).join(', ');
  const old = op.attributes as Record<string, unknown>;
  const attributes = Object.entries(now.attributes as object)
    .filter(([key, value]) => now.type === op.type && JSON.stringify(value) !== JSON.stringify(old[key]))
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [
    ...attributes,
    ...(now.inputs.join() === op.inputs.join() ? [] : [`reads ${names(now.inputs)}`]),
    ...(now.outputs.join() === op.outputs.join() ? [] : [`writes ${names(now.outputs)}`]),
  ];
  const become = now.type === op.type ? '' : ` becomes ${now.type}`;
  return parts.length > 0 ? `${become}: ${parts.join(', ')}` : become || ' changed';
}
