/** Functions of one value that TensorFlow Lite has no operator for, in a few that it has. */
import { flatInput, type NodeContext, type NodeImporter } from '../node_context.js';
import { type Activation, Unsupported } from '../value.js';
import { applied } from './elementwise.js';

const none = { activation: 'NONE' } as const;

type Two = 'ADD' | 'MUL' | 'DIV';

function withNumber(
  context: NodeContext,
  type: 'ADD' | 'MUL',
  name: string,
  x: Activation,
  number: number,
): Activation {
  return applied(context, name, x, type, none, [context.graph.floats(`${name}/constant`, [number], [1])]);
}

/** Of two values that lie alike. */
function both(context: NodeContext, type: Two, name: string, a: Activation, b: Activation): Activation {
  const { tensor } = b.flattened ?? b;
  return applied(context, name, a, type, none, [tensor]);
}

/** ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|), which no x overflows. */
function softplusOf(context: NodeContext, name: string, x: Activation): Activation {
  const size = applied(context, `${name}/size`, x, 'ABS', {});
  const power = applied(
    context,
    `${name}/power`,
    applied(context, `${name}/negated`, size, 'NEG', {}),
    'EXP',
    {},
  );
  const log = applied(
    context,
    `${name}/log`,
    withNumber(context, 'ADD', `${name}/more`, power, 1),
    'LOG',
    {},
  );
  return both(context, 'ADD', name, applied(context, `${name}/positive`, x, 'RELU', {}), log);
}

/** x, or below 0 α · (e^(x / curve) − 1); all times γ. */
function exponential(
  context: NodeContext,
  name: string,
  x: Activation,
  { alpha, gamma = 1, curve = 1 }: { alpha: number; gamma?: number; curve?: number },
): Activation {
  const { graph } = context;
  const times = (what: string, value: Activation, factor: number) =>
    factor === 1 ? value : withNumber(context, 'MUL', `${name}/${what}`, value, factor);
  const scaled = times('scaled', x, 1 / curve);
  if (alpha === 1 && gamma === 1 && curve === 1) return applied(context, name, x, 'ELU', {});
  const positive = times('above', applied(context, `${name}/positive`, x, 'RELU', {}), gamma);
  const elu = applied(context, `${name}/elu`, scaled, 'ELU', {});
  const zero = graph.floats(`${name}/zero`, [0], [1]);
  const negative = applied(context, `${name}/negative`, elu, 'MINIMUM', {}, [zero]);
  return both(context, 'ADD', name, positive, times('below', negative, alpha * gamma));
}

export const softplus: NodeImporter = (context) => [
  softplusOf(context, context.node.name, flatInput(context)),
];

export const softsign: NodeImporter = (context) => {
  const { name } = context.node;
  const x = flatInput(context);
  const size = applied(context, `${name}/size`, x, 'ABS', {});
  return [both(context, 'DIV', name, x, withNumber(context, 'ADD', `${name}/divisor`, size, 1))];
};

export const mish: NodeImporter = (context) => {
  const { name } = context.node;
  const x = flatInput(context);
  const gate = applied(context, `${name}/gate`, softplusOf(context, `${name}/softplus`, x), 'TANH', {});
  return [both(context, 'MUL', name, x, gate)];
};

export const elu: NodeImporter = (context) => {
  const alpha = context.node.number('alpha') ?? 1;
  return [exponential(context, context.node.name, flatInput(context), { alpha })];
};

export const selu: NodeImporter = (context) => {
  const { node } = context;
  const alpha = node.number('alpha') ?? 1.6732632423543772;
  const gamma = node.number('gamma') ?? 1.0507009873554805;
  return [exponential(context, node.name, flatInput(context), { alpha, gamma })];
};

export const celu: NodeImporter = (context) => {
  const alpha = context.node.number('alpha') ?? 1;
  return [exponential(context, context.node.name, flatInput(context), { alpha, curve: alpha })];
};

export const reciprocal: NodeImporter = (context) => {
  const { node, graph } = context;
  const value = flatInput(context);
  const source = value.flattened ?? value;
  const { shape } = graph.tensors[source.tensor]!;
  const one = graph.floats(`${node.name}/one`, [1], [1]);
  const tensor = graph.one('DIV', node.name, [one, source.tensor], none, 'float32', shape);
  const result = { ...source, tensor };
  return [value.flattened ? { ...value, tensor, flattened: result } : result];
};

/** 1 above alpha, as ReLU's mask, times x. */
export const thresholdedRelu: NodeImporter = (context) => {
  const { node, graph } = context;
  const x = flatInput(context);
  const bound = graph.floats(`${node.name}/alpha`, [node.number('alpha') ?? 1], [1]);
  const source = x.flattened ?? x;
  const above = applied(context, `${node.name}/above`, { ...source, dtype: 'bool' }, 'GREATER', {}, [bound]);
  const zero = graph.floats(`${node.name}/zero`, [0], [1]);
  const { shape } = graph.tensors[source.tensor]!;
  const chosen = [above.tensor, source.tensor, zero];
  const tensor = graph.one('SELECT_V2', node.name, chosen, {}, 'float32', shape);
  const result = { ...source, tensor };
  return [x.flattened ? { ...x, tensor, flattened: result } : result];
};

const byTanh = "GELU's approximation by tanh (approximate='tanh' in PyTorch) can be read";

/** x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
export const gelu: NodeImporter = (context) => {
  const { node } = context;
  const { name } = node;
  if ((node.string('approximate') ?? 'none') !== 'tanh')
    throw new Unsupported(`takes an error function, which no kernel computes; ${byTanh}`);
  const x = flatInput(context);
  const cube = both(context, 'MUL', `${name}/cube`, both(context, 'MUL', `${name}/square`, x, x), x);
  const bent = withNumber(context, 'MUL', `${name}/bent`, cube, 0.044715);
  const inner = both(context, 'ADD', `${name}/inner`, x, bent);
  const scaled = withNumber(context, 'MUL', `${name}/scaled`, inner, Math.sqrt(2 / Math.PI));
  const tanh = applied(context, `${name}/tanh`, scaled, 'TANH', {});
  const share = withNumber(
    context,
    'ADD',
    `${name}/share`,
    withNumber(context, 'MUL', `${name}/half`, tanh, 0.5),
    0.5,
  );
  return [both(context, 'MUL', name, x, share)];
};

export const erf: NodeImporter = () => {
  throw new Unsupported(`no kernel computes it; ${byTanh}`);
};
