/**
 * An ADD of one constant a channel behind a convolution or a fully connected op that has no bias becomes its bias. Float
 * graphs only: a quantized ADD rescales.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { uniqueNames } from '../graph/names.js';
import { soleProducerOf } from './uses.js';

const weighted: readonly AnyOp['type'][] = ['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED'];

export function foldBias(graph: Graph): Graph {
  for (const op of graph.ops) {
    const folded = op.type === 'ADD' ? fold(graph, op) : undefined;
    if (folded) return foldBias(folded);
  }
  return graph;
}

function fold(graph: Graph, add: Op<'ADD'> & AnyOp): Graph | undefined {
  const constantFirst = inputTensor(graph, add as Op, 0).data !== undefined;
  const constant = inputTensor(graph, add as Op, constantFirst ? 0 : 1);
  const producer = soleProducerOf(graph, add.inputs[constantFirst ? 1 : 0]!);
  if (!producer || !weighted.includes(producer.type) || (producer.inputs[2] ?? -1) >= 0) return undefined;
  if ((producer.attributes as { activation?: string }).activation !== 'NONE') return undefined;
  const [before, after] = [outputTensor(graph, producer as Op), outputTensor(graph, add as Op)];
  if (after.dtype !== 'float32' || before.shape.join() !== after.shape.join()) return undefined;
  const channels = before.shape.at(-1) ?? 1;
  const values = perChannel(constant, channels);
  if (!values) return undefined;
  const name = uniqueNames();
  for (const tensor of graph.tensors) name(tensor.name);
  const bias: Tensor = {
    name: name(`${constant.name}_bias`),
    dtype: 'float32',
    shape: [channels],
    data: values,
  };
  const attributes = { ...producer.attributes, activation: add.attributes.activation };
  const inputs = [producer.inputs[0]!, producer.inputs[1]!, graph.tensors.length];
  const fused = { ...producer, name: add.name, inputs, attributes, outputs: add.outputs } as AnyOp;
  const ops = graph.ops.flatMap((o) => (o === producer ? [fused] : o === add ? [] : [o]));
  return { ...graph, tensors: [...graph.tensors, bias], ops };
}

/** Undefined for a constant that varies along another axis than the last. */
function perChannel({ shape, data }: Tensor, channels: number): Float32Array | undefined {
  if (!(data instanceof Float32Array)) return undefined;
  const n = elementCount(shape);
  if (n === 1) return new Float32Array(channels).fill(data[0]!);
  return n === channels && shape.at(-1) === channels ? data : undefined;
}
