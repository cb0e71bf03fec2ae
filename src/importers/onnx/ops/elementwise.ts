/** Functions of one value, and of two with broadcasting. */
import type { OpAttributes, OpType } from '../../../graph/graph.js';
import {
  activation,
  broadcastDims,
  constantInput,
  flatInput,
  input,
  type NodeContext,
  type NodeImporter,
  optionalConstant,
} from '../node_context.js';
import { type Activation, type Constant, identity, storedShape, Unsupported } from '../value.js';

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

export const elu: NodeImporter = (context) => {
  const alpha = context.node.number('alpha') ?? 1;
  if (alpha !== 1) throw new Unsupported(`has alpha ${alpha}; 1 is supported`);
  return [applied(context, context.node.name, flatInput(context), 'ELU', {})];
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
  const { node } = context;
  const limit = (name: 'min' | 'max', i: number, otherwise: number) => {
    const value = node.number(name) ?? optionalConstant(context, i, name)?.values[0] ?? otherwise;
    return Math.abs(value) >= 3.4e38 ? otherwise : value;
  };
  const [min, max] = [limit('min', 1, -Infinity), limit('max', 2, Infinity)];
  const value = flatInput(context);
  if (min === -Infinity && max === Infinity) return [value];
  const clamp = clamps.find((c) => c.min === min && c.max === max);
  if (clamp) return [applied(context, node.name, value, clamp.type, {})];
  throw new Unsupported(`clips to ${min} … ${max}; from 0, 0 … 6, 0 … 1 and −1 … 1 are supported`);
};

type Binary = 'ADD' | 'SUB' | 'MUL';
const none = { activation: 'NONE' } as const;

export function binary(type: Binary): NodeImporter {
  return (context) => [combined(context, type, context.node.name)];
}

function combined(context: NodeContext, type: Binary, name: string): Activation {
  const [a, b] = context.inputs;
  if (a?.kind === 'constant') return withConstant(context, type, name, input(context, 1), a, true);
  if (b?.kind === 'constant') return withConstant(context, type, name, input(context, 0), b, false);
  return ofTwo(context, type, name);
}

function withConstant(
  { graph }: NodeContext,
  type: Binary,
  name: string,
  given: Activation,
  constant: Constant,
  first: boolean,
): Activation {
  const value = ofRank(graph, given, constant.dims.length);
  const dims = broadcastDims(value.dims, constant.dims);
  const operand = graph.broadcast(constant, value.order);
  const inputs = first ? [operand, value.tensor] : [value.tensor, operand];
  const tensor = graph.one(type, name, inputs, none, value.dtype, storedShape(dims, value.order));
  return activation(tensor, dims, value.order, value.dtype);
}

function ofTwo(context: NodeContext, type: Binary, name: string): Activation {
  const { graph } = context;
  const rank = Math.max(input(context, 0).dims.length, input(context, 1).dims.length);
  const [a, b] = [ofRank(graph, input(context, 0), rank), ofRank(graph, input(context, 1), rank)];
  const dims = broadcastDims(a.dims, b.dims);
  // Where one is channels last, the other becomes it.
  const order = isPlain(a) ? b.order : a.order;
  const inputs = [graph.inOrder(a, order), graph.inOrder(b, order)];
  const tensor = graph.one(type, name, inputs, none, a.dtype, storedShape(dims, order));
  return activation(tensor, dims, order, a.dtype);
}

function isPlain({ order }: Activation): boolean {
  return order.every((axis, i) => axis === i);
}

/** With 1s in front, as broadcasting counts. */
function ofRank(graph: NodeContext['graph'], value: Activation, rank: number): Activation {
  const missing = rank - value.dims.length;
  if (missing <= 0) return value;
  const plain = graph.plain(value);
  const dims = [...new Array<number>(missing).fill(1), ...value.dims];
  const tensor = graph.reshape(
    plain.tensor,
    `${graph.tensors[plain.tensor]!.name}/reshape`,
    value.dtype,
    dims,
  );
  return activation(tensor, dims, identity(rank), value.dtype);
}

/** x · hard sigmoid(x) is HARD_SWISH, which PyTorch's exporter of older operator sets takes apart. */
export const mul: NodeImporter = (context) => {
  const { node, graph, inputs } = context;
  const [a, b] = inputs;
  if (a?.kind === 'activation' && b?.kind === 'activation') {
    const [x, gate] = isHardSigmoidOf(graph, b.tensor, a.tensor) ? [a, b] : [b, a];
    if (isHardSigmoidOf(graph, gate.tensor, x.tensor))
      return [applied(context, node.name, x, 'HARD_SWISH', {})];
  }
  return [combined(context, 'MUL', node.name)];
};

/** Whether the tensor is RELU_0_TO_1(x / 6 + 0.5), as `hardSigmoid` writes it. */
function isHardSigmoidOf(graph: NodeContext['graph'], tensor: number, x: number): boolean {
  const clamp = graph.producerOf(tensor);
  const add = clamp?.type === 'RELU_0_TO_1' ? graph.producerOf(clamp.inputs[0]!) : undefined;
  const product = add?.type === 'ADD' ? graph.producerOf(add.inputs[0]!) : undefined;
  if (product?.type !== 'MUL' || product.inputs[0] !== x) return false;
  const constant = (t: number | undefined) => graph.tensors[t ?? -1]?.data;
  const [alpha, beta] = [constant(product.inputs[1]), constant(add?.inputs[1])];
  return (
    alpha?.length === 1 && Math.abs(Number(alpha[0]) - 1 / 6) < 1e-6 && beta?.length === 1 && beta[0] === 0.5
  );
}

/** By a constant: the product with its reciprocal. */
export const div: NodeImporter = (context) => {
  const divisor = constantInput(context, 1, 'divisor');
  if (divisor.dtype !== 'float32') throw new Unsupported('divides integers');
  if (divisor.values.includes(0)) throw new Unsupported('divides by 0');
  const reciprocal = { ...divisor, values: divisor.values.map((v) => 1 / v) };
  return [withConstant(context, 'MUL', context.node.name, input(context), reciprocal, false)];
};

export const pow: NodeImporter = (context) => {
  const exponent = constantInput(context, 1, 'exponent').values;
  const type =
    exponent.length !== 1
      ? undefined
      : exponent[0] === 2
        ? 'SQUARE'
        : exponent[0] === 0.5
          ? 'SQRT'
          : undefined;
  if (!type)
    throw new Unsupported(
      `takes powers of ${exponent.length === 1 ? exponent[0] : 'several exponents'}; 2 and 0.5 are supported`,
    );
  return [applied(context, context.node.name, flatInput(context), type, {})];
};
