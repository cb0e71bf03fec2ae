/** The float graph and the parameters of its activations → the int8 graph. */
import { inputTensor, optionalInput } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Quantization, Tensor } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { quantizeValues, quantizeWeights } from './parameters.js';
import { quantizationRules } from './rules.js';

/** Same ops in the same order, activations at the same indices. */
export function convert(graph: Graph, parameters: ReadonlyMap<number, Quantization>): Graph {
  const tensors: Tensor[] = graph.tensors.map((tensor, i) => {
    const quantization = parameters.get(i);
    if (!quantization) return tensor;
    const { name, shape, data } = tensor;
    const int8: Tensor = { name, shape, dtype: 'int8', quantization };
    return data ? { ...int8, data: quantizeValues(data as Float32Array, quantization) } : int8;
  });
  const ops = graph.ops.map((op): AnyOp => {
    const { weights: axis } = quantizationRules[op.type]!;
    if (axis === undefined) return op;
    const [weights, bias] = [inputTensor(graph, op as Op, 1), optionalInput(graph, op as Op, 2)];
    const scale = parameters.get(op.inputs[0]!)!.scale[0]!;
    const quantized = quantizeWeights(weights, bias, axis, scale);
    // Appended for each op, for ops that share weights may differ in their input's scale.
    const inputs = [op.inputs[0]!, tensors.push({ ...weights, ...quantized.weights }) - 1];
    if (quantized.bias) inputs.push(tensors.push({ ...bias!, ...quantized.bias }) - 1);
    return { ...op, inputs } as AnyOp;
  });
  return { ...graph, tensors, ops };
}

/** Drops the float weights, and gives tensors of one origin names of their own. */
export function tidy(graph: Graph): Graph {
  const kept = removeUnusedTensors(graph);
  const unique = uniqueNames();
  return { ...kept, tensors: kept.tensors.map((tensor) => ({ ...tensor, name: unique(tensor.name) })) };
}

/** Float inputs and outputs around an int8 graph: QUANTIZE and DEQUANTIZE at its edges. */
export function withFloatEdges(graph: Graph): Graph {
  const tensors: Tensor[] = [...graph.tensors];
  const outside = (t: number) => {
    const { name, shape } = tensors[t]!;
    tensors[t] = { ...tensors[t]!, name: `${name}_int8` };
    return tensors.push({ name, shape, dtype: 'float32' }) - 1;
  };
  const inputs = graph.inputs.map(outside);
  // A tensor that is an output twice, or an input too, is dequantized once for each.
  const outputs = graph.outputs.map(outside);
  const edge = (type: 'QUANTIZE' | 'DEQUANTIZE', from: number, to: number): AnyOp => ({
    type,
    name: `${tensors[to]!.name}_${type.toLowerCase()}`,
    inputs: [from],
    outputs: [to],
    attributes: {},
  });
  const ops = [
    ...inputs.map((t, i) => edge('QUANTIZE', t, graph.inputs[i]!)),
    ...graph.ops,
    ...outputs.map((t, i) => edge('DEQUANTIZE', graph.outputs[i]!, t)),
  ];
  return { ...graph, tensors, ops, inputs, outputs };
}
