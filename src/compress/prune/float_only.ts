/** Pruning comes before quantization: it needs the real weights. */
import { CrimpError, error } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { dataInput } from '../../ops/registry.js';

/** @throws CrimpError `already-quantized`, at the first op that does not compute in float32 */
export function floatOnly(graph: Graph): void {
  const index = graph.ops.findIndex((op) =>
    [dataInput(op), ...op.outputs].some((t) => (graph.tensors[t]?.dtype ?? 'float32') !== 'float32'),
  );
  const op = graph.ops[index];
  if (!op) return;
  const where = { op: { index, type: op.type, name: op.name } };
  const dtype = graph.tensors[op.outputs[0] ?? -1]?.dtype;
  const message = `${graph.name} is quantized: this op does not compute in float32${dtype === 'float32' ? '' : ` but in ${dtype}`}`;
  const hint = 'Prune the float model first, then quantize what is left.';
  throw new CrimpError([error('already-quantized', message, hint, where)]);
}
