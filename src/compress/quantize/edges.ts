/**
 * Inputs and outputs of another dtype than the activations inside: QUANTIZE and DEQUANTIZE at the edges. Where what is inside of an
 * edge is in float as well, there is none.
 */
import type { AnyOp, Graph, Tensor } from '../../graph/graph.js';

import { uniqueNames } from '../../graph/names.js';
import { removeDeadOps } from '../../passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';

export type EdgeForm = Pick<Tensor, 'dtype' | 'quantization'>;

/** @param forms of the graph's inputs and outputs, in order; undefined for one that stays as it is */
export function withEdges(
  graph: Graph,
  forms: {
    readonly inputs: readonly (EdgeForm | undefined)[];
    readonly outputs: readonly (EdgeForm | undefined)[];
  },
): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const unique = uniqueNames();
  for (const { name } of graph.ops) unique(name);
  const outside = (t: number, form: EdgeForm | undefined) => {
    if (!form) return t;
    const { name, shape, dtype } = tensors[t]!;
    tensors[t] = { ...tensors[t]!, name: `${name}_${dtype}` };
    return tensors.push({ name, shape, ...form }) - 1;
  };
  const inputs = graph.inputs.map((t, i) => outside(t, forms.inputs[i]));
  // A tensor that is an output twice, or an input too, has an edge for each.
  const outputs = graph.outputs.map((t, i) => outside(t, forms.outputs[i]));
  const edge = (from: number, to: number): AnyOp[] => {
    if (from === to) return [];
    const type = tensors[to]!.dtype === 'float32' ? 'DEQUANTIZE' : 'QUANTIZE';
    const name = unique(`${tensors[to]!.name}_${type.toLowerCase()}`);
    return [{ type, name, inputs: [from], outputs: [to], attributes: {} }];
  };
  const ops = [
    ...inputs.flatMap((t, i) => edge(t, graph.inputs[i]!)),
    ...graph.ops,
    ...outputs.flatMap((t, i) => edge(graph.outputs[i]!, t)),
  ];
  return shortcut({ ...graph, tensors, ops, inputs, outputs });
}

/** A DEQUANTIZE of what a QUANTIZE has made of float values gives way to these. */
function shortcut(graph: Graph): Graph {
  const sources = new Map(
    graph.ops.flatMap((op) => (op.type === 'QUANTIZE' ? [[op.outputs[0]!, op.inputs[0]!]] : [])),
  );
  const direct = new Map<number, number>();
  for (const { type, inputs, outputs } of graph.ops) {
    const source = type === 'DEQUANTIZE' ? sources.get(inputs[0]!) : undefined;
    if (source === undefined || graph.tensors[source]!.dtype !== 'float32') continue;
    direct.set(outputs[0]!, source);
  }
  if (direct.size === 0) return graph;
  const through = (t: number) => direct.get(t) ?? t;
  const tensors = [...graph.tensors];
  for (const t of graph.outputs) {
    const source = through(t);
    if (source !== t && !graph.inputs.includes(source))
      tensors[source] = { ...tensors[source]!, name: tensors[t]!.name };
  }
  const ops = graph.ops.map((op) => ({ ...op, inputs: op.inputs.map(through) }) as AnyOp);
  return removeUnusedTensors(removeDeadOps({ ...graph, tensors, ops, outputs: graph.outputs.map(through) }));
}
