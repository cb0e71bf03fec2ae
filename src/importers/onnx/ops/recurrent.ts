/** LSTM, GRU and RNN: one operator where there is one, else step by step. Every inference begins from the initial state. */
import { besideEachOther } from '../../recurrent/bidirectional.js';
import { gruCell, lstmCell, plainCell } from '../../recurrent/cells.js';
import type { Activation as CellFunction, Outcome, RecurrentGraph, Sequence } from '../../recurrent/graph.js';
import { type LstmWeights, lstmOperator } from '../../recurrent/lstm_operator.js';
import { type Cell, type State, unrolled, unrollProblem } from '../../recurrent/unrolled.js';
import {
  activation,
  constantInput,
  input,
  type NodeContext,
  type NodeImporter,
  optionalConstant,
} from '../node_context.js';
import { type Activation, type Constant, identity, storedShape, Unsupported } from '../value.js';
import type { Writer } from '../writer.js';

function recurrentGraph(graph: Writer): RecurrentGraph {
  return {
    op: (type, name, inputs, attributes, ...shapes) =>
      graph.op(type, name, inputs, attributes, 'float32', ...shapes),
    floats: (name, values, shape) => graph.floats(name, values, shape),
    integers: (name, values, shape) => graph.integers(name, values, shape),
    state: (name, shape) => graph.state(name, shape),
  };
}

/** ONNX's functions by their names in lower case, as ONNX Runtime reads them. */
const functions: Readonly<Record<string, CellFunction>> = {
  sigmoid: (graph, name, x, shape) => graph.op('LOGISTIC', name, [x], {}, shape)[0]!,
  tanh: (graph, name, x, shape) => graph.op('TANH', name, [x], {}, shape)[0]!,
  relu: (graph, name, x, shape) => graph.op('RELU', name, [x], {}, shape)[0]!,
};

/** What all three types have in common. */
interface Layer {
  readonly context: NodeContext;
  readonly x: Sequence;
  readonly units: number;
  readonly directions: readonly Direction[];
  /** The batch is the first axis. */
  readonly batchFirst: boolean;
}

interface Direction {
  readonly name: string;
  readonly backwards: boolean;
  /** Of each gate, in ONNX's order. */
  readonly kernel: readonly Float32Array[];
  readonly recurrent: readonly Float32Array[];
  readonly bias: readonly Float32Array[];
  readonly recurrentBias: readonly Float32Array[];
  readonly functions: readonly { readonly name: string; readonly apply: CellFunction }[];
  readonly initial: State;
}

const ways: Readonly<Record<string, readonly boolean[]>> = {
  forward: [false],
  reverse: [true],
  bidirectional: [false, true],
};

/** @param standard names of the functions @param states inputs with the initial hidden state and cell state */
function layerOf(context: NodeContext, gates: number, standard: readonly string[], states: number): Layer {
  const { node } = context;
  const direction = node.string('direction') ?? 'forward';
  const backwards = ways[direction];
  if (!backwards) throw new Unsupported(`has the direction ${direction}`);
  if (node.number('clip') !== undefined)
    throw new Unsupported('clips what its gates see, which no operator does');
  const batchFirst = node.number('layout') === 1;
  const x = sequenceOf(context, batchFirst);
  const count = backwards.length;
  const weights = constantInput(context, 1, 'weights');
  const recurrent = constantInput(context, 2, 'recurrent weights');
  const bias = optionalConstant(context, 3, 'bias');
  const units = recurrent.dims[2] ?? 0;
  expectShape('weights', weights, [count, gates * units, x.features]);
  expectShape('recurrent weights', recurrent, [count, gates * units, units]);
  if (bias) expectShape('a bias', bias, [count, 2 * gates * units]);
  if (units !== (node.number('hidden_size') ?? units))
    throw new Unsupported(
      `has weights for ${units} units, and is said to have ${node.number('hidden_size')}`,
    );
  checkLengths(context, x);
  const named = functionsOf(context, standard, count);
  const part = ({ values }: Constant, i: number, size: number) =>
    Float32Array.from(values.subarray(i * size, (i + 1) * size));
  const perGate = (constant: Constant | undefined, first: number, stride: number, size: number) =>
    Array.from({ length: gates }, (_, gate) =>
      constant ? part(constant, first * stride + gate, size) : new Float32Array(size),
    );
  const directions = backwards.map((b, d): Direction => {
    const name = count === 1 ? node.name : `${node.name}/${b ? 'reverse' : 'forward'}`;
    const hidden = initialState(context, 5, d, [count, x.batch, units], batchFirst, `${name}/hidden`);
    const cell =
      states === 2
        ? initialState(context, 6, d, [count, x.batch, units], batchFirst, `${name}/cell`)
        : undefined;
    return {
      name,
      backwards: b,
      kernel: perGate(weights, d, gates, units * x.features),
      recurrent: perGate(recurrent, d, gates, units * units),
      bias: perGate(bias, 2 * d, gates, units),
      recurrentBias: perGate(bias, 2 * d + 1, gates, units),
      functions: named.slice(d * standard.length, (d + 1) * standard.length),
      initial: { ...(hidden !== undefined && { hidden }), ...(cell !== undefined && { cell }) },
    };
  });
  return { context, x, units, directions, batchFirst };
}

function expectShape(what: string, { dims }: Constant, wanted: readonly number[]): void {
  if (dims.join() !== wanted.join()) throw new Unsupported(`has ${what} of [${dims}], not [${wanted}]`);
}

/** As it lies, if its features come last. */
function sequenceOf(context: NodeContext, batchFirst: boolean): Sequence {
  const { graph } = context;
  const value = input(context);
  if (value.dims.length !== 3) throw new Unsupported(`has an input of shape [${value.dims}], not of rank 3`);
  const lies = value.order.length === 3 && value.order[2] === 2;
  const order = lies ? value.order : identity(3);
  const [first, second, features] = value.dims as readonly [number, number, number];
  const [steps, batch] = batchFirst ? [second, first] : [first, second];
  return {
    tensor: graph.inOrder(value, order),
    steps,
    batch,
    features,
    timeMajor: (order[0] === 0) !== batchFirst,
  };
}

function checkLengths(context: NodeContext, { steps }: Sequence): void {
  const lengths = context.inputs[4];
  if (!lengths) return;
  if (lengths.kind !== 'constant' || !lengths.values.every((length) => length === steps))
    throw new Unsupported(`takes sequences of other lengths than the ${steps} steps of its input`);
}

function functionsOf({ node }: NodeContext, standard: readonly string[], directions: number) {
  const given = node.strings('activations');
  if (node.numbers('activation_alpha')?.length || node.numbers('activation_beta')?.length)
    throw new Unsupported('has activations with parameters of their own');
  const names = given?.length ? given : Array.from({ length: directions }, () => standard).flat();
  if (names.length !== directions * standard.length)
    throw new Unsupported(`has ${names.length} activations for ${directions * standard.length} places`);
  return names.map((written) => {
    const name = written.toLowerCase();
    const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (apply) return { name, apply };
    throw new Unsupported(`has the activation ${written}; Sigmoid, Tanh and Relu are supported`);
  });
}

/** Of one direction, [batch][units]; undefined for zeros. */
function initialState(
  context: NodeContext,
  i: number,
  direction: number,
  [directions, batch, units]: readonly [number, number, number],
  batchFirst: boolean,
  name: string,
): number | undefined {
  const { graph, inputs } = context;
  const given = inputs[i];
  if (!given || (given.kind === 'constant' && given.values.every((v) => v === 0))) return undefined;
  const value = graph.plain(input(context, i));
  const wanted = batchFirst ? [batch, directions, units] : [directions, batch, units];
  if (value.dims.join() !== wanted.join())
    throw new Unsupported(`has an initial state of [${value.dims}], not [${wanted}]`);
  let { tensor } = value;
  if (directions > 1) {
    const begin = graph.integers(`${name}/begin`, batchFirst ? [0, direction, 0] : [direction, 0, 0]);
    const shape = batchFirst ? [batch, 1, units] : [1, batch, units];
    const size = graph.integers(`${name}/size`, shape);
    tensor = graph.one('SLICE', `${name}/slice`, [tensor, begin, size], {}, 'float32', shape);
  }
  return graph.reshape(tensor, `${name}/initial`, 'float32', [batch, units]);
}

function summed(a: readonly Float32Array[], b: readonly Float32Array[]): Float32Array[] {
  return a.map((values, gate) => values.map((v, i) => v + b[gate]![i]!));
}

function written({ context, x }: Layer, direction: Direction, cell: Cell): Outcome {
  const problem = unrollProblem(cell, x.steps);
  if (problem) throw new Unsupported(problem);
  const options = { backwards: direction.backwards, stateful: false };
  return unrolled(recurrentGraph(context.graph), direction.name, x, cell, options, direction.initial);
}

/** Y, Y_h and Y_c, those of them that are read. */
function outputsOf({ context, x, units, batchFirst }: Layer, outcomes: readonly Outcome[]): Activation[] {
  const { node, graph } = context;
  const shared = recurrentGraph(graph);
  const directions = outcomes.length;
  /** Directions are the last but one axis in memory. */
  const value = (
    name: string,
    tensor: number,
    dims: readonly number[],
    order: readonly number[],
  ): Activation => activation(graph.reshape(tensor, name, 'float32', storedShape(dims, order)), dims, order);
  const sequence = () => {
    const parts = outcomes.map((outcome) => outcome.sequence());
    const { tensor, timeMajor } = besideEachOther(shared, `${node.name}/directions`, parts);
    const dims = batchFirst ? [x.batch, x.steps, directions, units] : [x.steps, directions, x.batch, units];
    const [time, batch, direction] = batchFirst ? [1, 0, 2] : [0, 2, 1];
    const order = timeMajor ? [time!, batch!, direction!, 3] : [batch!, time!, direction!, 3];
    return value(`${node.name}/Y`, tensor, dims, order);
  };
  const state = (what: string, states: readonly number[]) => {
    const shape = [x.batch, directions * units];
    const tensor =
      directions === 1
        ? states[0]!
        : graph.one(
            'CONCATENATION',
            `${node.name}/${what}_directions`,
            states,
            { axis: 1 },
            'float32',
            shape,
          );
    const dims = batchFirst ? [x.batch, directions, units] : [directions, x.batch, units];
    return value(`${node.name}/${what}`, tensor, dims, batchFirst ? [0, 1, 2] : [1, 0, 2]);
  };
  const makers = [
    sequence,
    () =>
      state(
        'Y_h',
        outcomes.map((outcome) => outcome.hidden()),
      ),
    () =>
      state(
        'Y_c',
        outcomes.map((outcome) => outcome.cell!()),
      ),
  ];
  return node.outputs.map((name, i) => (name === '' ? undefined : makers[i]!())) as Activation[];
}

/** ONNX's order of gates is input, output, forget, cell. */
function gatesOf(units: number, { kernel, recurrent, bias, recurrentBias }: Direction): LstmWeights {
  const order = [0, 2, 3, 1];
  const by = (values: readonly Float32Array[]) => order.map((gate) => values[gate]!);
  return {
    units,
    kernel: by(kernel),
    recurrent: by(recurrent),
    bias: by(summed(bias, recurrentBias)),
  };
}

export const lstm: NodeImporter = (context) => {
  const { node } = context;
  if (node.number('input_forget') === 1) throw new Unsupported('couples its input and forget gates');
  const layer = layerOf(context, 4, ['Sigmoid', 'Tanh', 'Tanh'], 2);
  const { units, directions, x } = layer;
  const seen = optionalConstant(context, 7, 'peepholes');
  if (seen) expectShape('peepholes', seen, [directions.length, 3 * units]);
  const peeking = seen?.values.some((v) => v !== 0);
  const showsCell = (node.outputs[2] ?? '') !== '';
  const outcomes = directions.map((direction, d) => {
    const weights = gatesOf(units, direction);
    const [gate, candidate, hidden] = direction.functions as [
      Direction['functions'][0],
      Direction['functions'][0],
      Direction['functions'][0],
    ];
    const plain = gate.name === 'sigmoid' && candidate.name === 'tanh' && hidden.name === 'tanh';
    if (plain && !peeking && !showsCell && Object.keys(direction.initial).length === 0) {
      const options = { backwards: direction.backwards, stateful: false };
      return lstmOperator(recurrentGraph(context.graph), direction.name, x, weights, options);
    }
    // Input, output and forget gate.
    const peephole = (i: number) =>
      Float32Array.from(seen!.values.subarray((3 * d + i) * units, (3 * d + i + 1) * units));
    const cell = lstmCell({
      ...weights,
      activations: { gate: gate.apply, candidate: candidate.apply, hidden: hidden.apply },
      ...(peeking && { peepholes: [peephole(0), peephole(2), peephole(1)] as const }),
    });
    return written(layer, direction, cell);
  });
  return outputsOf(layer, outcomes);
};

export const gru: NodeImporter = (context) => {
  const layer = layerOf(context, 3, ['Sigmoid', 'Tanh'], 1);
  const resetAfter = context.node.number('linear_before_reset') === 1;
  const outcomes = layer.directions.map((direction) => {
    const [gate, candidate] = direction.functions;
    const sums = summed(direction.bias, direction.recurrentBias);
    type Gates = readonly [Float32Array, Float32Array, Float32Array];
    const cell = gruCell({
      units: layer.units,
      kernel: direction.kernel as unknown as Gates,
      recurrent: direction.recurrent as unknown as Gates,
      bias: [sums[0]!, sums[1]!, resetAfter ? direction.bias[2]! : sums[2]!],
      ...(resetAfter && { resetAfter: direction.recurrentBias[2]! }),
      activations: { gate: gate!.apply, candidate: candidate!.apply },
    });
    return written(layer, direction, cell);
  });
  return outputsOf(layer, outcomes);
};

export const rnn: NodeImporter = (context) => {
  const layer = layerOf(context, 1, ['Tanh'], 1);
  const outcomes = layer.directions.map((direction) => {
    const cell = plainCell({
      units: layer.units,
      kernel: direction.kernel[0]!,
      recurrent: direction.recurrent[0]!,
      bias: summed(direction.bias, direction.recurrentBias)[0]!,
      activation: direction.functions[0]!.apply,
    });
    return written(layer, direction, cell);
  });
  return outputsOf(layer, outcomes);
};
