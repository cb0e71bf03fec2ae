/**
 * TFLite's interpreter refuses a CONV_2D without a bias, which TFLM computes: for it there is one of zeros. It makes another model
 * of the graph, so that only files for other programs have it.
 */
import { allocate, inputTensor, outputTensor, scaleOf } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../../graph/graph.js';

export function withBiases(graph: Graph): Graph {
  const added: Tensor[] = [];
  const ops = graph.ops.map((op): AnyOp => {
    if (op.type !== 'CONV_2D' || (op.inputs[2] ?? -1) >= 0) return op;
    added.push(zeros(op, graph));
    return { ...op, inputs: [...op.inputs.slice(0, 2), graph.tensors.length + added.length - 1] };
  });
  return added.length === 0 ? graph : { ...graph, ops, tensors: [...graph.tensors, ...added] };
}

function zeros(op: Op<'CONV_2D'>, graph: Graph): Tensor {
  const [input, weights] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const channels = outputTensor(graph, op).shape[3]!;
  const wide = op.attributes.quantizedBiasType === 'int32' ? 'int32' : 'int64';
  const dtype = ({ float32: 'float32', int16: wide } as const)[input.dtype as 'float32' | 'int16'] ?? 'int32';
  const bias = { name: `${op.name}_bias`, dtype, shape: [channels], data: allocate(dtype, channels) };
  if (dtype === 'float32') return bias;
  const scale = weights.quantization!.scale.map((s) => s * scaleOf(input));
  return { ...bias, quantization: { scale, zeroPoint: new Int32Array(scale.length), axis: 0 } };
}
