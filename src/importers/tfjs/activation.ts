/** Activations by their Keras names, fused where the operator before can clamp. */
import type { FusedActivation } from '../../numerics/activation_range.js';
import { shown } from './json.js';
import type { Options } from './options.js';
import { Unsupported, type Value } from './value.js';
import type { Writer } from './writer.js';

type Emit = (graph: Writer, name: string, x: Value) => Value;

/** An op of one input that keeps its shape. */
function plain(type: 'RELU' | 'RELU6' | 'LOGISTIC' | 'TANH' | 'ELU' | 'EXP' | 'LOG_SOFTMAX'): Emit {
  return (graph, name, x) => graph.op(type, name, [x.tensor], {}, x.shape);
}

const activations = {
  linear: (_graph, _name, x) => x,
  relu: plain('RELU'),
  relu6: plain('RELU6'),
  sigmoid: plain('LOGISTIC'),
  tanh: plain('TANH'),
  elu: plain('ELU'),
  exponential: plain('EXP'),
  log_softmax: plain('LOG_SOFTMAX'),
  softmax,
  /** x · 0.2 + 0.5 within 0 … 1. */
  hard_sigmoid(graph, name, x) {
    const scaled = affine(graph, name, x, 0.2, 0.5, `${name}/linear`);
    return graph.op('RELU_0_TO_1', name, [scaled.tensor], {}, x.shape);
  },
  swish(graph, name, x) {
    const gate = graph.op('LOGISTIC', `${name}/gate`, [x.tensor], {}, x.shape);
    return graph.op('MUL', name, [x.tensor, gate.tensor], { activation: 'NONE' }, x.shape);
  },
} satisfies Record<string, Emit>;

export type Activation = keyof typeof activations;

const spellings: Readonly<Record<string, Activation>> = {
  hardSigmoid: 'hard_sigmoid',
  logSoftmax: 'log_softmax',
  silu: 'swish',
};

const fusedAs: Readonly<Partial<Record<Activation, FusedActivation>>> = {
  linear: 'NONE',
  relu: 'RELU',
  relu6: 'RELU6',
};

/** Of a layer's option; none is linear. Others become a problem of the layer. */
export function activationOption(options: Options): Activation {
  const given = options.get('activation') ?? 'linear';
  if (typeof given === 'string') {
    if (Object.hasOwn(activations, given)) return given as Activation;
    if (Object.hasOwn(spellings, given)) return spellings[given]!;
  }
  const known = Object.keys(activations).join(', ');
  options.refuse(`its activation ${shown(given)} is none of ${known}`);
  return 'linear';
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
