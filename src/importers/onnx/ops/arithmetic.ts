/** Functions of two values, with broadcasting. */
import type { OpAttributes } from '../../../graph/graph.js';
import {
  activation,
  broadcastDims,
  constantInput,
  flatInput,
  input,
  type Known,
  type NodeContext,
  type NodeImporter,
} from '../node_context.js';
import { type Activation, type Constant, identity, storedShape, Unsupported } from '../value.js';
import { applied } from './elementwise.js';

type Binary = 'ADD' | 'SUB' | 'MUL' | 'DIV' | 'MAXIMUM' | 'MINIMUM';
const none = { activation: 'NONE' } as const;
const attributes: { readonly [T in Binary]: OpAttributes[T] } = {
  ADD: none,
  SUB: none,
  MUL: none,
  DIV: none,
  MAXIMUM: {},
  MINIMUM: {},
};

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
  const tensor = graph.one(type, name, inputs, attributes[type], value.dtype, storedShape(dims, value.order));
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
  const tensor = graph.one(type, name, inputs, attributes[type], a.dtype, storedShape(dims, order));
  return activation(tensor, dims, order, a.dtype);
}

function isPlain({ order }: Activation): boolean {
  return order.every((axis, i) => axis === i);
}

/** With 1s in front, as broadcasting counts. */
export function ofRank(graph: NodeContext['graph'], value: Activation, rank: number): Activation {
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

/** By a constant it is the product with its reciprocal, which integers can compute. */
export const div: NodeImporter = (context) => {
  const [value, divisor] = context.inputs;
  const constant = divisor?.kind === 'constant' && value?.kind === 'activation';
  if (!constant) return [byRoot(context) ?? combined(context, 'DIV', context.node.name)];
  if (divisor.dtype !== 'float32') throw new Unsupported('divides integers');
  if (divisor.values.includes(0)) throw new Unsupported('divides by 0');
  const reciprocal = { ...divisor, values: divisor.values.map((v) => 1 / v) };
  return [withConstant(context, 'MUL', context.node.name, input(context), reciprocal, false)];
};

/** Divided by a square root, as normalizations are written: times RSQRT, which integers can compute. */
function byRoot(context: NodeContext): Activation | undefined {
  const { node, graph, inputs } = context;
  const [value, divisor] = inputs;
  if (divisor?.kind !== 'activation' || divisor.flattened) return undefined;
  const root = graph.producerOf(divisor.tensor);
  if (root?.type !== 'SQRT') return undefined;
  const squared = { ...divisor, tensor: root.inputs[0]! };
  const inverse = applied(context, `${node.name}/root`, squared, 'RSQRT', {});
  return combined({ ...context, inputs: [value, inverse] }, 'MUL', node.name);
}

/** Max, Min and Sum take any number of values, two by two. */
export function severalTimes(type: 'ADD' | 'MAXIMUM' | 'MINIMUM'): NodeImporter {
  return (context) => {
    const { node, inputs } = context;
    const [first, ...others] = inputs;
    if (!first) throw new Unsupported('lacks its input 0');
    return [
      others.reduce<Known>((value, other, i) => {
        const name = i === others.length - 1 ? node.name : `${node.name}/${i}`;
        return combined({ ...context, inputs: [value, other] }, type, name);
      }, first),
    ];
  };
}

export const average: NodeImporter = (context) => {
  const { node, graph, inputs } = context;
  const name = `${node.name}/sum`;
  const [sum] = severalTimes('ADD')({ ...context, node: { ...node, name } });
  if (sum?.kind !== 'activation') throw new Unsupported('averages constants');
  const share = graph.floats(`${node.name}/share`, [1 / inputs.length], [1]);
  return [applied(context, node.name, sum, 'MUL', none, [share])];
};

const powers: Readonly<Record<number, 'SQUARE' | 'SQRT' | 'RSQRT'>> = {
  2: 'SQUARE',
  0.5: 'SQRT',
  [-0.5]: 'RSQRT',
};

export const pow: NodeImporter = (context) => {
  const { node } = context;
  const exponent = constantInput(context, 1, 'exponent').values;
  const by = exponent.length === 1 ? exponent[0]! : 'several exponents';
  const value = flatInput(context);
  if (by === 1) return [value];
  if (by === 3) {
    const square = applied(context, `${node.name}/square`, value, 'SQUARE', {});
    const factor = (square.flattened ?? square).tensor;
    return [applied(context, node.name, value, 'MUL', none, [factor])];
  }
  const type = typeof by === 'number' ? powers[by] : undefined;
  if (!type) throw new Unsupported(`takes powers of ${by}; 1, 2, 3, 0.5 and −0.5 are supported`);
  return [applied(context, node.name, value, type, {})];
};
