/** The nodes of GraphModels that can be imported, by TensorFlow's names. */
import { broadcastShape } from '../../../ops/broadcast.js';
import { type Activation, activate } from '../activation.js';
import type { NodeImporter } from '../node.js';
import { Unsupported } from '../value.js';
import { concat, mean, padNode, pool, reshape, squeeze } from './shapes.js';
import { conv, depthwise, matMul } from './weighted.js';

const identity: NodeImporter = (node) => node.value(0);

function activation(kind: Activation): NodeImporter {
  return (node) => activate(node.graph, node.name, node.value(0), kind);
}

/** Of two computed values, or of one and a constant. */
function binary(type: 'ADD' | 'SUB' | 'MUL' | 'MAXIMUM' | 'MINIMUM'): NodeImporter {
  return (node) => {
    const [a, b] = [node.operand(0), node.operand(1)];
    const shape = broadcastShape(a.shape, b.shape);
    if (!shape)
      throw new Unsupported(`has inputs of shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
    const attributes = type === 'MAXIMUM' || type === 'MINIMUM' ? {} : { activation: 'NONE' as const };
    return node.graph.op(type, node.name, [a.tensor, b.tensor], attributes, shape);
  };
}

const leakyRelu: NodeImporter = (node) => {
  const alpha = Math.fround(node.options.number('alpha', 0.2));
  const { tensor, shape } = node.value(0);
  return node.graph.op('LEAKY_RELU', node.name, [tensor], { alpha }, shape);
};

export const nodeImporters: Readonly<Record<string, NodeImporter>> = {
  _FusedConv2D: conv,
  _FusedMatMul: matMul,
  Add: binary('ADD'),
  AddV2: binary('ADD'),
  AvgPool: pool('AVERAGE_POOL_2D'),
  BiasAdd: binary('ADD'),
  ConcatV2: concat,
  Conv2D: conv,
  DepthwiseConv2dNative: depthwise,
  Elu: activation('elu'),
  FusedDepthwiseConv2dNative: depthwise,
  Identity: identity,
  LeakyRelu: leakyRelu,
  MatMul: matMul,
  Maximum: binary('MAXIMUM'),
  MaxPool: pool('MAX_POOL_2D'),
  Mean: mean,
  Minimum: binary('MINIMUM'),
  Mul: binary('MUL'),
  Pad: padNode,
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Reshape: reshape,
  Sigmoid: activation('sigmoid'),
  Softmax: activation('softmax'),
  Squeeze: squeeze,
  StopGradient: identity,
  Sub: binary('SUB'),
  Tanh: activation('tanh'),
};
