/** In which order an input's axes are best stored: channels last where convolutions read it, else as ONNX has it. */
import type { NodeProto } from '../../formats/onnx/schema.js';
import { channelsLast, identity } from './value.js';

/** Ops that want channels last. */
const spatial: ReadonlySet<string> = new Set([
  'AveragePool',
  'BatchNormalization',
  'Conv',
  'ConvTranspose',
  'DepthToSpace',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'GroupNormalization',
  'InstanceNormalization',
  'MaxPool',
  'QLinearAveragePool',
  'QLinearConv',
  'QLinearGlobalAveragePool',
  'Resize',
  'SpaceToDepth',
  'Upsample',
]);

/** Ops that take whatever order there is, and give the same. */
const indifferent: ReadonlySet<string> = new Set([
  'Abs',
  'Add',
  'Cast',
  'Ceil',
  'Celu',
  'Clip',
  'Concat',
  'Cos',
  'DequantizeLinear',
  'Div',
  'Dropout',
  'Elu',
  'Exp',
  'Floor',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'Identity',
  'LeakyRelu',
  'Log',
  'Max',
  'Mean',
  'Min',
  'Mish',
  'Mul',
  'Neg',
  'PRelu',
  'Pad',
  'Pow',
  'QLinearAdd',
  'QLinearConcat',
  'QLinearLeakyRelu',
  'QLinearMul',
  'QLinearSigmoid',
  'QuantizeLinear',
  'Reciprocal',
  'Relu',
  'Round',
  'Selu',
  'Sigmoid',
  'Sin',
  'Slice',
  'Softplus',
  'Softsign',
  'Split',
  'Sqrt',
  'Sub',
  'Sum',
  'Tanh',
  'ThresholdedRelu',
  'Tile',
]);

/** @param rank of the input */
export function inputOrder(nodes: readonly NodeProto[], input: string, rank: number): readonly number[] {
  const plain = identity(rank);
  const wanted = channelsLast(rank);
  if (!wanted) return plain;
  const seen = new Set([input]);
  const waiting = [input];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const node of nodes) {
      if (!node.input.includes(name)) continue;
      if (spatial.has(node.opType) && node.input[0] === name) return wanted;
      if (!indifferent.has(node.opType)) continue;
      for (const output of node.output) {
        if (output === '' || seen.has(output)) continue;
        seen.add(output);
        waiting.push(output);
      }
    }
  }
  return plain;
}
