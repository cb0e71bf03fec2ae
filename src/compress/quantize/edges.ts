/** Inputs and outputs of another dtype than the activations inside: QUANTIZE and DEQUANTIZE at the edges. */
import type { AnyOp, Graph, Tensor } from '../../graph/graph.js';

export type EdgeForm = Pick<Tensor, 'dtype' | 'quantization'>;

/** @param forms of the graph's inputs and outputs, in order */
export function withEdges(
  graph: Graph,
  forms: { readonly inputs: readonly EdgeForm[]; readonly outputs: readonly EdgeForm[] },
): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const outside = (t: number, form: EdgeForm) => {
    const { name, shape, dtype } = tensors[t]!;
    tensors[t] = { ...tensors[t]!, name: `${name}_${dtype}` };
    return tensors.push({ name, shape, ...form }) - 1;
  };
  const inputs = graph.inputs.map((t, i) => outside(t, forms.inputs[i]!));
  // A tensor that is an output twice, or an input too, has an edge for each.
  const outputs = graph.outputs.map((t, i) => outside(t, forms.outputs[i]!));
  const edge = (from: number, to: number): AnyOp => {
    const type = tensors[to]!.dtype === 'float32' ? 'DEQUANTIZE' : 'QUANTIZE';
    const name = `${tensors[to]!.name}_${type.toLowerCase()}`;
    return { type, name, inputs: [from], outputs: [to], attributes: {} };
  };
  const ops = [
    ...inputs.map((t, i) => edge(t, graph.inputs[i]!)),
    ...graph.ops,
    ...outputs.map((t, i) => edge(graph.outputs[i]!, t)),
  ];
  return { ...graph, tensors, ops, inputs, outputs };
}
