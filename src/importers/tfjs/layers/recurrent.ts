/**
 * LSTM, GRU, SimpleRNN, RNN of their cells, and Bidirectional. Only a stateful layer keeps its state between inferences.
 */
import { gruCell, lstmCell, plainCell } from '../../recurrent/cells.js';
import {
  type Activation as CellFunction,
  type Outcome,
  type RecurrentGraph,
  type Sequence,
  shapeOf,
} from '../../recurrent/graph.js';
import { type DirectionOptions, lstmOperator } from '../../recurrent/lstm_operator.js';
import { type State, unrolled, unrollProblem } from '../../recurrent/unrolled.js';
import { type Activation, activate, activationOption } from '../activation.js';
import { field, listOf, objectOf, shown, stringOf } from '../json.js';
import type { Layer, LayerImporter } from '../layer.js';
import type { Options } from '../options.js';
import { Unsupported, type Value } from '../value.js';
import type { Writer } from '../writer.js';

export function recurrentGraph(graph: Writer): RecurrentGraph {
  return {
    op: (type, name, inputs, attributes, ...shapes) => graph.several(type, name, inputs, attributes, shapes),
    floats: (name, values, shape) => graph.floats(name, values, shape),
    integers: (name, values, shape) => graph.integers(name, values, shape),
    state: (name, shape) => graph.state(name, shape),
  };
}

/** A layer or cell whose options have been read. @param initial asks for the form that can start from anything, and tells */
type Run = (
  x: Sequence,
  direction: DirectionOptions,
  asked: { readonly initial?: State; readonly showsCell: boolean },
) => Outcome;

type Kind = (layer: Layer, options: Options) => Run;

function functionOf(layer: Layer, options: Options, key: string, standard: Activation) {
  const activation = options.get(key) === undefined ? standard : activationOption(options, key);
  const apply: CellFunction = (_graph, name, tensor, shape) =>
    activate(layer.graph, name, { tensor, shape }, activation).tensor;
  return { activation, apply };
}

/** By gate: [inputs][gates · units] → [units][inputs]. */
function gatesOf(values: Float32Array, rows: number, gates: number, units: number): Float32Array[] {
  return Array.from({ length: gates }, (_, gate) =>
    Float32Array.from({ length: units * rows }, (_, i) => {
      const [unit, row] = [Math.floor(i / rows), i % rows];
      return values[row * gates * units + gate * units + unit]!;
    }),
  );
}

/** Weights of one layer by gate; the bias of a GRU may have two rows. */
function weightsOf(layer: Layer, gates: number, useBias: boolean, rows = 1) {
  return (units: number, features: number) => {
    const kernel = layer.weight('kernel', [features, gates * units]);
    const recurrent = layer.weight('recurrent_kernel', [units, gates * units]);
    const shape = rows === 1 ? [gates * units] : [rows, gates * units];
    const bias = useBias ? layer.weight('bias', shape) : new Float32Array(rows * gates * units);
    return {
      kernel: gatesOf(kernel, features, gates, units),
      recurrent: gatesOf(recurrent, units, gates, units),
      bias: Array.from({ length: rows }, (_, row) =>
        gatesOf(bias.subarray(row * gates * units, (row + 1) * gates * units), 1, gates, units),
      ),
    };
  };
}

function stepByStep(
  layer: Layer,
  x: Sequence,
  cell: Parameters<typeof unrolled>[3],
  direction: DirectionOptions,
  initial?: State,
): Outcome {
  const problem = unrollProblem(cell, x.steps);
  if (problem) throw new Unsupported(problem);
  return unrolled(recurrentGraph(layer.graph), layer.name, x, cell, direction, initial);
}

const lstmKind: Kind = (layer, options) => {
  const units = options.count('units');
  const weights = weightsOf(layer, 4, options.flag('use_bias', true));
  const candidate = functionOf(layer, options, 'activation', 'tanh');
  const gate = functionOf(layer, options, 'recurrent_activation', 'sigmoid');
  return (x, direction, { initial, showsCell }) => {
    const { kernel, recurrent, bias } = weights(units, x.features);
    const given = { units, kernel, recurrent, bias: bias[0]! };
    const plain = candidate.activation === 'tanh' && gate.activation === 'sigmoid';
    if (plain && !initial && !showsCell)
      return lstmOperator(recurrentGraph(layer.graph), layer.name, x, given, direction);
    const activations = { gate: gate.apply, candidate: candidate.apply, hidden: candidate.apply };
    return stepByStep(layer, x, lstmCell({ ...given, activations }), direction, initial);
  };
};

type Gates = readonly [Float32Array, Float32Array, Float32Array];

const gruKind: Kind = (layer, options) => {
  const units = options.count('units');
  const resetAfter = options.flag('reset_after', false);
  const weights = weightsOf(layer, 3, options.flag('use_bias', true), resetAfter ? 2 : 1);
  const candidate = functionOf(layer, options, 'activation', 'tanh');
  const gate = functionOf(layer, options, 'recurrent_activation', 'sigmoid');
  return (x, direction, { initial }) => {
    const { kernel, recurrent, bias } = weights(units, x.features);
    const [own, past] = bias as [Float32Array[], Float32Array[]?];
    const sum = (i: number) => own[i]!.map((v, unit) => v + (past?.[i]?.[unit] ?? 0));
    const cell = gruCell({
      units,
      kernel: kernel as unknown as Gates,
      recurrent: recurrent as unknown as Gates,
      bias: [sum(0), sum(1), own[2]!],
      ...(past && { resetAfter: past[2]! }),
      activations: { gate: gate.apply, candidate: candidate.apply },
    });
    return stepByStep(layer, x, cell, direction, initial);
  };
};

const plainKind: Kind = (layer, options) => {
  const units = options.count('units');
  const weights = weightsOf(layer, 1, options.flag('use_bias', true));
  const { apply } = functionOf(layer, options, 'activation', 'tanh');
  return (x, direction, { initial }) => {
    const { kernel, recurrent, bias } = weights(units, x.features);
    const cell = plainCell({
      units,
      kernel: kernel[0]!,
      recurrent: recurrent[0]!,
      bias: bias[0]![0]!,
      activation: apply,
    });
    return stepByStep(layer, x, cell, direction, initial);
  };
};

const kinds: Readonly<Record<string, Kind>> = {
  LSTM: lstmKind,
  LSTMCell: lstmKind,
  GRU: gruKind,
  GRUCell: gruKind,
  SimpleRNN: plainKind,
  SimpleRNNCell: plainKind,
};

/** What all recurrent layers can be told. */
function sequenceOptions(options: Options) {
  if (options.flag('time_major', false)) options.refuse('its steps come before the batch (time_major)');
  return {
    sequences: options.flag('return_sequences', false),
    states: options.flag('return_state', false),
    backwards: options.flag('go_backwards', false),
    stateful: options.flag('stateful', false),
  };
}

function sequenceOf({ tensor, shape }: Value): Sequence {
  if (shape.length !== 3)
    throw new Unsupported(`has an input of shape [${shape.join(', ')}]; it takes rank 3`);
  const [batch, steps, features] = shape as readonly [number, number, number];
  return { tensor, batch, steps, features, timeMajor: false };
}

function sequenceValue(sequence: Sequence): Value {
  return { tensor: sequence.tensor, shape: shapeOf(sequence) };
}

function stateValue(tensor: number, { units, batch }: { units: number; batch: number }): Value {
  return { tensor, shape: [batch, units] };
}

export function recurrent(type: 'LSTM' | 'GRU' | 'SimpleRNN'): LayerImporter {
  return (layer) => {
    const { options } = layer;
    const run = kinds[type]!(layer, options);
    const units = options.count('units');
    const { sequences, states, backwards, stateful } = sequenceOptions(options);
    const [given, ...initial] = layer.inputs();
    if (!given) throw new Unsupported('has no input');
    const x = sequenceOf(given);
    const wanted = type === 'LSTM' ? 2 : 1;
    if (initial.length > 0 && initial.length !== wanted)
      throw new Unsupported(`has ${initial.length} initial states; it takes ${wanted}`);
    const outside = initial.find(({ shape }) => shape.join() !== [x.batch, units].join());
    if (outside) throw new Unsupported(`has an initial state of shape [${outside.shape.join(', ')}]`);
    const [hidden, cell] = initial;
    const state = hidden && { hidden: hidden.tensor, ...(cell && { cell: cell.tensor }) };
    const direction = { backwards, stateful: stateful && !state };
    const outcome = run(x, direction, { ...(state && { initial: state }), showsCell: states });
    const at = { units, batch: x.batch };
    const output = sequences ? sequenceValue(outcome.processed()) : stateValue(outcome.hidden(), at);
    if (!states) return output;
    const cells = outcome.cell ? [stateValue(outcome.cell(), at)] : [];
    return [output, stateValue(outcome.hidden(), at), ...cells];
  };
}

/** RNN of one cell or of several, each of which takes the hidden states of the one before. */
export const rnnOfCells: LayerImporter = (layer) => {
  const { options } = layer;
  const { sequences, states, backwards, stateful } = sequenceOptions(options);
  if (states) options.refuse('it gives its states (return_state)');
  const cell = options.get('cell');
  const stacked = stringOf(field(cell, 'class_name')) === 'StackedRNNCells';
  const cells = stacked ? (listOf(field(field(cell, 'config'), 'cells')) ?? []) : [cell];
  const runs = cells.map((json, i) => {
    const type = stringOf(field(json, 'class_name')) ?? '';
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    const inner = options.of(objectOf(field(json, 'config')));
    // Of one cell the layer has the weights itself.
    const own = stacked ? layer.renamed(`${layer.name}/RNNCell_${i}`) : layer;
    const run = kind?.(own, inner);
    if (!run) options.refuse(`its cell ${shown(type)} is none of ${Object.keys(kinds).join(', ')}`);
    for (const problem of inner.problems) options.refuse(problem);
    return { run, units: inner.count('units') };
  });
  let x = sequenceOf(layer.input(3));
  if (runs.length === 0) throw new Unsupported('has no cell');
  for (const [i, { run, units }] of runs.entries()) {
    // All but the first take the steps in the order in which they were computed.
    const direction = { backwards: backwards && i === 0, stateful };
    const outcome = run!(x, direction, { showsCell: false });
    if (i === runs.length - 1 && !sequences) return stateValue(outcome.hidden(), { units, batch: x.batch });
    x = outcome.processed();
  }
  return sequenceValue(x);
};

type Merge = 'ADD' | 'MUL';

/** Two layers over the same steps, one of them from the last to the first. */
export const bidirectional: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const mode =
    options.get('merge_mode') === null ? null : options.word('merge_mode', 'concat', 'sum', 'mul', 'ave');
  const forward = objectOf(options.get('layer'));
  const backward = objectOf(options.get('backward_layer')) ?? forward;
  const parts = [forward, backward].map((json, i) => {
    const type = stringOf(field(json, 'class_name')) ?? '';
    const kind = /Cell$/.test(type) || !Object.hasOwn(kinds, type) ? undefined : kinds[type];
    const inner = options.of(objectOf(field(json, 'config')));
    const word = i === 0 ? 'forward_' : 'backward_';
    const given = stringOf(inner.get('name')) ?? type.toLowerCase();
    const own = layer.within(given.startsWith(word) ? given : `${word}${given.replace(/^forward_/, '')}`);
    const run = kind?.(own, inner);
    if (!run) options.refuse(`it wraps ${shown(type)}; LSTM, GRU and SimpleRNN are supported`);
    const told = sequenceOptions(inner);
    if (told.states) inner.refuse('it gives its states (return_state)');
    if (i === 0 && told.backwards) inner.refuse('it goes backwards as it is');
    for (const problem of inner.problems) if (!options.problems.includes(problem)) options.refuse(problem);
    return { run, sequences: told.sequences, stateful: told.stateful, units: inner.count('units') };
  });
  const x = sequenceOf(layer.input(3));
  const values = parts.map(({ run, sequences, stateful, units }, i): Value => {
    const outcome = run!(x, { backwards: i === 1, stateful }, { showsCell: false });
    return sequences
      ? sequenceValue(outcome.sequence())
      : stateValue(outcome.hidden(), { units, batch: x.batch });
  });
  if (mode === null) return values;
  const [a, b] = values as [Value, Value];
  const tensors = [a.tensor, b.tensor];
  const axis = a.shape.length - 1;
  if (mode === 'concat') {
    const shape = [...a.shape.slice(0, -1), a.shape.at(-1)! + b.shape.at(-1)!];
    return graph.op('CONCATENATION', name, tensors, { axis }, shape);
  }
  if (a.shape.join() !== b.shape.join())
    throw new Unsupported(`joins the shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}] by ${mode}`);
  const none = { activation: 'NONE' } as const;
  const merge = (type: Merge, of: string, inputs: number[]) => graph.op(type, of, inputs, none, a.shape);
  if (mode === 'mul') return merge('MUL', name, tensors);
  const sum = merge('ADD', mode === 'ave' ? `${name}/sum` : name, tensors);
  if (mode === 'sum') return sum;
  return merge('MUL', name, [sum.tensor, graph.floats(`${name}/half`, Float32Array.of(0.5))]);
};
