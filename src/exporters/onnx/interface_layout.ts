/** Whether an input is an image that something with windows reads, so that channels first is how it is computed with. */
import type { AnyOp, Graph, OpType } from '../../graph/graph.js';
import type { Layout } from './layout.js';

/** Ops that compute with channels first. */
const spatial: ReadonlySet<OpType> = new Set<OpType>([
  'AVERAGE_POOL_2D',
  'CONV_2D',
  'DEPTH_TO_SPACE',
  'DEPTHWISE_CONV_2D',
  'L2_POOL_2D',
  'MAX_POOL_2D',
  'RESIZE_BILINEAR',
  'RESIZE_NEAREST_NEIGHBOR',
  'SPACE_TO_DEPTH',
  'TRANSPOSE_CONV',
]);

/** Ops that give what they take, in the same order. */
const indifferent: ReadonlySet<OpType> = new Set<OpType>([
  'ABS',
  'ADD',
  'CONCATENATION',
  'DEQUANTIZE',
  'DIV',
  'ELU',
  'HARD_SWISH',
  'LEAKY_RELU',
  'LOGISTIC',
  'MAXIMUM',
  'MINIMUM',
  'MIRROR_PAD',
  'MUL',
  'NEG',
  'PAD',
  'PADV2',
  'PRELU',
  'QUANTIZE',
  'RELU',
  'RELU6',
  'RELU_0_TO_1',
  'RELU_N1_TO_1',
  'SUB',
  'TANH',
]);

/** The layout in which an input is best computed with. */
export function computedLayout(graph: Graph, input: number): Layout {
  const seen = new Set([input]);
  const reads = (op: AnyOp) => op.inputs.some((t) => seen.has(t));
  for (const op of graph.ops) {
    if (!reads(op)) continue;
    if (spatial.has(op.type)) return 'first';
    const same = graph.tensors[op.outputs[0] ?? -1]?.shape.length === graph.tensors[input]!.shape.length;
    if (indifferent.has(op.type) && same) for (const t of op.outputs) seen.add(t);
  }
  return 'last';
}
