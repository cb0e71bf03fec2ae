/** Activations by their Keras names, fused where the operator before can clamp. */
import type { FusedActivation } from '../../numerics/activation_range.js';
import { field, shown } from './json.js';
import type { Options } from './options.js';
import { Unsupported, type Value } from './value.js';
import type { Writer } from './writer.js';

type Emit = (graph: Writer, name: string, x: Value) => Value;

type Unary =
  | 'RELU'
  | 'RELU6'
  | 'RELU_N1_TO_1'
  | 'LOGISTIC'
  | 'TANH'
  | 'EXP'
  | 'LOG'
  | 'LOG_SOFTMAX'
  | 'ABS'
  | 'NEG'
  | 'HARD_SWISH'
  | 'ELU';

/** An op of one input that keeps its shape. */
function unary(graph: Writer, type: Unary, name: string, x: Value): Value {
  return graph.op(type, name, [x.tensor], {}, x.shape);
}

function plain(type: Unary): Emit {
  return (graph, name, x) => unary(graph, type, name, x);
}

/** x · scale + offset within 0 … 1. */
function ramp(scale: number, offset: number): Emit {
  return (graph, name, x) => {
    const scaled = affine(graph, name, x, scale, offset, `${name}/linear`);
    return graph.op('RELU_0_TO_1', name, [scaled.tensor], {}, x.shape);
  };
}

/** x, or below 0 α · (eˣ − 1); all times scale. */
function exponentialLinear(alpha: number, scale = 1): Emit {
  if (alpha === 1 && scale === 1) return plain('ELU');
  return (graph, name, x) => {
    const zero = graph.floats(`${name}/zero`, Float32Array.of(0));
    const above = times(graph, `${name}/above`, unary(graph, 'RELU', `${name}/positive`, x), scale);
    const curve = unary(graph, 'ELU', `${name}/elu`, x);
    const negative = graph.op('MINIMUM', `${name}/negative`, [curve.tensor, zero], {}, x.shape);
    return sum(graph, name, above, times(graph, `${name}/below`, negative, alpha * scale));
  };
}

/** ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|), which no x overflows. */
function softplus(graph: Writer, name: string, x: Value): Value {
  const negated = unary(graph, 'NEG', `${name}/negated`, unary(graph, 'ABS', `${name}/size`, x));
  const one = graph.floats(`${name}/one`, Float32Array.of(1));
  const power = unary(graph, 'EXP', `${name}/power`, negated);
  const more = graph.op('ADD', `${name}/more`, [power.tensor, one], { activation: 'NONE' }, x.shape);
  return sum(
    graph,
    name,
    unary(graph, 'RELU', `${name}/positive`, x),
    unary(graph, 'LOG', `${name}/log`, more),
  );
}

const activations = {
  linear: (_graph, _name, x) => x,
  relu: plain('RELU'),
  relu6: plain('RELU6'),
  leaky_relu: (graph, name, x) =>
    graph.op('LEAKY_RELU', name, [x.tensor], { alpha: Math.fround(0.2) }, x.shape),
  sigmoid: plain('LOGISTIC'),
  tanh: plain('TANH'),
  elu: exponentialLinear(1),
  selu: exponentialLinear(1.6732632423543772, 1.0507009873554805),
  exponential: plain('EXP'),
  log_softmax: plain('LOG_SOFTMAX'),
  softmax,
  hard_sigmoid: ramp(0.2, 0.5),
  hard_sigmoid_keras3: ramp(1 / 6, 0.5),
  hard_swish: plain('HARD_SWISH'),
  hard_tanh: plain('RELU_N1_TO_1'),
  swish(graph, name, x) {
    return product(graph, name, x, unary(graph, 'LOGISTIC', `${name}/gate`, x));
  },
  softplus,
  softsign(graph, name, x) {
    const one = graph.floats(`${name}/one`, Float32Array.of(1));
    const size = unary(graph, 'ABS', `${name}/size`, x);
    const divisor = graph.op('ADD', `${name}/divisor`, [size.tensor, one], { activation: 'NONE' }, x.shape);
    return graph.op('DIV', name, [x.tensor, divisor.tensor], { activation: 'NONE' }, x.shape);
  },
  mish(graph, name, x) {
    return product(
      graph,
      name,
      x,
      unary(graph, 'TANH', `${name}/gate`, softplus(graph, `${name}/softplus`, x)),
    );
  },
  /** GELU by tanh: x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
  gelu_new(graph, name, x) {
    const cube = product(graph, `${name}/cube`, x, product(graph, `${name}/square`, x, x));
    const inner = sum(graph, `${name}/inner`, x, times(graph, `${name}/bent`, cube, 0.044715));
    const gate = unary(
      graph,
      'TANH',
      `${name}/tanh`,
      times(graph, `${name}/scaled`, inner, Math.sqrt(2 / Math.PI)),
    );
    const share = affine(graph, `${name}/share`, gate, 0.5, 0.5);
    return product(graph, name, x, share);
  },
} satisfies Record<string, Emit>;

export type Activation = keyof typeof activations;

const spellings: Readonly<Record<string, Activation>> = {
  hardSigmoid: 'hard_sigmoid',
  logSoftmax: 'log_softmax',
  geluNew: 'gelu_new',
  silu: 'swish',
  hard_silu: 'hard_swish',
};

const fusedAs: Readonly<Partial<Record<Activation, FusedActivation>>> = {
  linear: 'NONE',
  relu: 'RELU',
  relu6: 'RELU6',
};

/** Of a layer's option; none is linear. Others become a problem of the layer. */
export function activationOption(options: Options, key = 'activation'): Activation {
  const given = nameOf(options.get(key) ?? 'linear');
  if (typeof given === 'string') {
    const name = Object.hasOwn(spellings, given) ? spellings[given]! : given;
    // Keras 3 has a steeper one of the same name.
    if (name === 'hard_sigmoid' && options.dialect === 'keras3') return 'hard_sigmoid_keras3';
    if (Object.hasOwn(activations, name) && name !== 'hard_sigmoid_keras3') return name as Activation;
  }
  if (given === 'gelu')
    options.refuse(`its ${key} "gelu" takes an error function, which no kernel computes; gelu_new does not`);
  else {
    const known = Object.keys(activations).filter((name) => name !== 'hard_sigmoid_keras3');
    options.refuse(`its ${key} ${shown(given)} is none of ${known.join(', ')}`);
  }
  return 'linear';
}

/** Keras 3 can write a function as an object: { class_name: 'function', config: 'relu' }. */
function nameOf(given: unknown): unknown {
  return field(given, 'class_name') === 'function' ? field(given, 'config') : given;
}

/** ELU with an α of its own. */
export function elu(graph: Writer, name: string, x: Value, alpha: number): Value {
  return exponentialLinear(alpha)(graph, name, x);
}

export function activate(graph: Writer, name: string, x: Value, activation: Activation): Value {
  return activations[activation](graph, name, x);
}

/** An op and the activation behind it: one op where it can clamp, else two. */
export function withActivation(
  graph: Writer,
  name: string,
  activation: Activation,
  emit: (name: string, fused: FusedActivation) => Value,
): Value {
  const fused = fusedAs[activation];
  return fused ? emit(name, fused) : activate(graph, name, emit(`${name}/linear`, 'NONE'), activation);
}

export function softmax(graph: Writer, name: string, x: Value): Value {
  if (x.shape.length < 2) throw new Unsupported(`has an input of shape [${x.shape.join(', ')}]`);
  return graph.op('SOFTMAX', name, [x.tensor], { beta: 1 }, x.shape);
}

/** x · scale + offset by one number each, or one for each channel. */
export function affine(
  graph: Writer,
  name: string,
  x: Value,
  scale: number | Float32Array,
  offset: number | Float32Array,
  last = name,
): Value {
  const values = (of: number | Float32Array) => (typeof of === 'number' ? Float32Array.of(of) : of);
  const s = graph.floats(`${name}/scale`, values(scale));
  const scaled = graph.op('MUL', `${name}/scaled`, [x.tensor, s], { activation: 'NONE' }, x.shape);
  const t = graph.floats(`${name}/offset`, values(offset));
  return graph.op('ADD', last, [scaled.tensor, t], { activation: 'NONE' }, x.shape);
}

function times(graph: Writer, name: string, x: Value, factor: number): Value {
  if (factor === 1) return x;
  const constant = graph.floats(`${name}/factor`, Float32Array.of(factor));
  return graph.op('MUL', name, [x.tensor, constant], { activation: 'NONE' }, x.shape);
}

/** Of two values of one shape. */
function sum(graph: Writer, name: string, a: Value, b: Value): Value {
  return graph.op('ADD', name, [a.tensor, b.tensor], { activation: 'NONE' }, a.shape);
}

/** Of two values of one shape. */
function product(graph: Writer, name: string, a: Value, b: Value): Value {
  return graph.op('MUL', name, [a.tensor, b.tensor], { activation: 'NONE' }, a.shape);
}
