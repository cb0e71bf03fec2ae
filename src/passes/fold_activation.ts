/**
 * A stand-alone RELU, RELU6 or RELU_N1_TO_1 becomes the fused activation of the op before it. Float graphs only: there it is the same
 * clamp, while a quantized RELU also requantizes.
 */
import { outputTensor } from '../graph/access.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import { soleProducerOf } from './uses.js';

const activations: readonly AnyOp['type'][] = ['RELU', 'RELU6', 'RELU_N1_TO_1'];
const fusing: readonly AnyOp['type'][] = [
  'ADD',
  'AVERAGE_POOL_2D',
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'MAX_POOL_2D',
  'MUL',
  'SUB',
];

export function foldActivation(graph: Graph): Graph {
  for (const op of graph.ops) {
    if (!activations.includes(op.type)) continue;
    const producer = soleProducerOf(graph, op.inputs[0]!);
    if (!producer || !fusing.includes(producer.type) || outputTensor(graph, op).dtype !== 'float32') continue;
    if ((producer.attributes as { activation?: string }).activation !== 'NONE') continue;
    const attributes = { ...producer.attributes, activation: op.type };
    const fused = { ...producer, name: op.name, attributes, outputs: op.outputs } as AnyOp;
    const ops = graph.ops.flatMap((o) => (o === producer ? [fused] : o === op ? [] : [o]));
    return foldActivation({ ...graph, ops });
  }
  return graph;
}
