/** Functions of one value. */
import type { OpAttributes, OpType } from '../../../graph/graph.js';
import {
  constantInput,
  flatInput,
  input,
  type NodeContext,
  type NodeImporter,
  optionalConstant,
} from '../node_context.js';
import { type Activation, storedShape } from '../value.js';

/** One op that changes no shape, wherever the values lie. */
export function applied<T extends OpType>(
  { graph }: Pick<NodeContext, 'graph'>,
  name: string,
  value: Activation,
  type: T,
  attributes: OpAttributes[T],
  constants: readonly number[] = [],
): Activation {
  const source = value.flattened ?? value;
  const shape = storedShape(source.dims, source.order);
  const tensor = graph.one(type, name, [source.tensor, ...constants], attributes, source.dtype, shape);
  const result = { ...source, tensor };
  return value.flattened ? { ...value, tensor, flattened: result } : result;
}

/** An ONNX operator that is one of TensorFlow Lite's. */
export function unary<T extends OpType>(type: T, attributes: OpAttributes[T]): NodeImporter {
  return (context) => [applied(context, context.node.name, flatInput(context), type, attributes)];
}

export const leakyRelu: NodeImporter = (context) => {
  const alpha = Math.fround(context.node.number('alpha') ?? 0.01);
  return [applied(context, context.node.name, flatInput(context), 'LEAKY_RELU', { alpha })];
};

export const prelu: NodeImporter = (context) => {
  const value = input(context);
  const slope = context.graph.broadcast(constantInput(context, 1, 'slope'), value.order);
  return [applied(context, context.node.name, value, 'PRELU', {}, [slope])];
};

/** clip(alpha · x + beta, 0, 1). */
export const hardSigmoid: NodeImporter = (context) => {
  const { node, graph } = context;
  const factor = graph.floats(`${node.name}/alpha`, [node.number('alpha') ?? 0.2], [1]);
  const term = graph.floats(`${node.name}/beta`, [node.number('beta') ?? 0.5], [1]);
  const none = { activation: 'NONE' } as const;
  const product = applied(context, `${node.name}/mul`, flatInput(context), 'MUL', none, [factor]);
  const sum = applied(context, `${node.name}/add`, product, 'ADD', none, [term]);
  return [applied(context, node.name, sum, 'RELU_0_TO_1', {})];
};

const clamps = [
  { min: 0, max: Infinity, type: 'RELU' },
  { min: 0, max: 6, type: 'RELU6' },
  { min: 0, max: 1, type: 'RELU_0_TO_1' },
  { min: -1, max: 1, type: 'RELU_N1_TO_1' },
] as const;

/** Limits are attributes before operator set 11. */
export const clip: NodeImporter = (context) => {
  const { node, graph } = context;
  const limit = (name: 'min' | 'max', i: number, otherwise: number) => {
    const value = node.number(name) ?? optionalConstant(context, i, name)?.values[0] ?? otherwise;
    return Math.abs(value) >= 3.4e38 ? otherwise : value;
  };
  const [min, max] = [limit('min', 1, -Infinity), limit('max', 2, Infinity)];
  const value = flatInput(context);
  if (min === -Infinity && max === Infinity) return [value];
  const clamp = clamps.find((c) => c.min === min && c.max === max);
  if (clamp) return [applied(context, node.name, value, clamp.type, {})];
  const limits = [
    ...(min > -Infinity ? [['MAXIMUM', 'min', min] as const] : []),
    ...(max < Infinity ? [['MINIMUM', 'max', max] as const] : []),
  ];
  return [
    limits.reduce((x, [type, what, limit], i) => {
      const name = i === limits.length - 1 ? node.name : `${node.name}/${what}`;
      return applied(context, name, x, type, {}, [graph.floats(`${node.name}/${what}_value`, [limit], [1])]);
    }, value),
  ];
};
