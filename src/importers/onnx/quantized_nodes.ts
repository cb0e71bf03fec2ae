/**
 * Nodes that take integers of some scale: as DequantizeLinear, the node over real values, and QuantizeLinear, which is what they
 * mean. `quantized_groups.ts` makes integers of it again.
 */
import { sameQuantization } from '../../passes/replace.js';
import type { Known, NodeContext, NodeImporter } from './node_context.js';
import {
  dequantized,
  dequantizedConstant,
  type Parameters,
  parametersOfValue,
  quantized,
} from './quantized_value.js';
import { type Activation, type Constant, Unsupported, type Value } from './value.js';

/** Operators of ONNX that mean the same of integers as of the real values behind them: they move, choose or compare. */
const exact: ReadonlySet<string> = new Set([
  'ArgMax',
  'Clip',
  'Concat',
  'DepthToSpace',
  'Dropout',
  'Expand',
  'Flatten',
  'Gather',
  'GlobalMaxPool',
  'Identity',
  'Max',
  'MaxPool',
  'Min',
  'Pad',
  'ReduceMax',
  'ReduceMin',
  'Reshape',
  'Resize',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Upsample',
]);

/** Operators that read parameters of their own, or none. */
const own = /^(com\.microsoft\.)?(Q|DequantizeLinear|Dynamic|.*Integer)|^Shape$/;

/** The values that a node gives, by its importer. @throws Unsupported */
export function importedOverReals(context: NodeContext, importer: NodeImporter): readonly Value[] {
  const { node, inputs, graph } = context;
  const isQuantized = (value: Known | undefined): value is Activation =>
    value?.kind === 'activation' &&
    graph.tensors[(value.flattened ?? value).tensor]!.quantization !== undefined;
  const given = own.test(node.type) ? [] : inputs.filter(isQuantized);
  const [first, ...others] = given;
  if (!first) return importer(context);
  if (!exact.has(node.type)) throw new Unsupported('computes with quantized integers as they stand');
  const p = parametersOfValue(graph, first)!;
  const tensorOf = ({ tensor }: Activation) => graph.tensors[tensor]!;
  if (!others.every((o) => o.dtype === first.dtype && sameQuantization(tensorOf(o), tensorOf(first)))) {
    throw new Unsupported('takes integers of several scales');
  }
  const real = inputs.map((value, i) => {
    if (isQuantized(value)) return dequantized(graph, `${node.name}/real_${i}`, value, p);
    return value?.kind === 'constant' && value.dtype === first.dtype ? dequantizedConstant(value, p) : value;
  });
  if (node.type === 'Pad' && !real[2]) real[2] = paddingOfZeros(p);
  return importer({ ...context, inputs: real }).map((value) => {
    if (value.kind !== 'activation' || value.dtype !== 'float32') return value;
    return quantized(graph, `${node.name}/quantize`, value, p);
  });
}

/** What Pad fills with unless told is the integer 0. */
function paddingOfZeros(p: Parameters): Constant {
  const zero = {
    kind: 'constant',
    name: 'padding',
    dims: [],
    dtype: p.dtype,
    values: Float64Array.of(0),
  } as const;
  return dequantizedConstant(zero, p);
}
