/** QuantizeLinear and DequantizeLinear. What lies between them becomes integer arithmetic in `quantized_groups.ts`. */
import type { DType } from '../../../graph/graph.js';
import { constantInput, flatInput, type NodeContext, type NodeImporter } from '../node_context.js';
import {
  dequantized,
  dequantizedConstant,
  outputType,
  type Parameters,
  parametersOf,
  quantized,
  quantizedConstant,
} from '../quantized_value.js';
import { Unsupported } from '../value.js';

export const quantizeLinear: NodeImporter = (context) => {
  const p = readParameters(context, outputType(context));
  const [value] = context.inputs;
  if (value?.kind === 'constant') return [quantizedConstant(constantInput(context, 0, 'input'), p)];
  return [quantized(context.graph, context.node.name, flatInput(context), p)];
};

export const dequantizeLinear: NodeImporter = (context) => {
  const [value] = context.inputs;
  if (value?.kind === 'constant') return [dequantizedConstant(value, readParameters(context, value.dtype))];
  const input = flatInput(context);
  return [dequantized(context.graph, context.node.name, input, readParameters(context, input.dtype))];
};

function readParameters(context: NodeContext, dtype: DType): Parameters {
  const { node } = context;
  if ((node.number('block_size') ?? 0) !== 0) {
    throw new Unsupported('has a scale for each block of values; quantize per tensor or per channel');
  }
  return parametersOf(context, 1, 2, dtype, node.number('axis') ?? 1);
}

const hint = 'give crimp the float model: `crimp quantize` makes an integer model of it from a few samples';

/** What quantizes at run time, by values that only the model computes, or gives sums without a scale. */
export const dynamic: NodeImporter = () => {
  throw new Unsupported(`quantizes while the model runs; ${hint}`);
};
