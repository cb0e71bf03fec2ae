/**
 * A stand-alone RELU, RELU6 or RELU_N1_TO_1 becomes the fused activation of the op before it. On float32 it is the same clamp.
 * Quantized, it also rescales: it is the same where neither scale nor zero point change, which is tried out on every value.
 */
import { outputTensor, scaleOf, zeroPointOf } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { calculateActivationRangeQuantized, type FusedActivation } from '../numerics/activation_range.js';
import { clamp } from '../numerics/rounding.js';
import { definitionOf } from '../ops/registry.js';
import { sameKind } from './replace.js';
import { soleProducerOf } from './uses.js';
import { everyValue, valueMap } from './value_map.js';

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
    if (!producer || !fusing.includes(producer.type)) continue;
    if ((producer.attributes as { activation?: string }).activation !== 'NONE') continue;
    if (outputTensor(graph, op).dtype !== 'float32' && !isClamp(graph, op)) continue;
    const attributes = { ...producer.attributes, activation: op.type };
    const fused = { ...producer, name: op.name, attributes, outputs: op.outputs } as AnyOp;
    if (definitionOf(fused as Op).check(fused as Op, graph).length > 0) continue;
    const ops = graph.ops.flatMap((o) => (o === producer ? [fused] : o === op ? [] : [o]));
    return foldActivation({ ...graph, ops });
  }
  return graph;
}

/** The op clamps integers as the activation would if it were fused, and does nothing else to them. */
function isClamp(graph: Graph, op: AnyOp): boolean {
  const [input, output] = [op.inputs[0]!, op.outputs[0]!].map((t) => graph.tensors[t]!) as [Tensor, Tensor];
  const values = everyValue(input.dtype) as Int8Array | undefined;
  if (!values || !sameKind(input, output)) return false;
  const { min, max } = calculateActivationRangeQuantized(
    op.type as FusedActivation,
    scaleOf(output),
    zeroPointOf(output),
    { min: values[0]!, max: values.at(-1)! },
  );
  const map = valueMap(graph, [op]) as Int8Array;
  return map.every((value, i) => value === clamp(values[i]!, min, max));
}
