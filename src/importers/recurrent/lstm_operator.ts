/**
 * An LSTM of sigmoid and tanh as UNIDIRECTIONAL_SEQUENCE_LSTM: one operator for any number of steps. Its cell state cannot be
 * had, and it starts from zeros, or as a stateful layer from where the last inference ended.
 */
import { lstmGates } from '../../ops/unidirectional_sequence_lstm.js';
import { type Outcome, one, type RecurrentGraph, reversed, type Sequence, shapeOf, stepOf } from './graph.js';

/** By gate in the order of `lstmGates`: [units][inputs], [units][units] and [units]. */
export interface LstmWeights {
  readonly units: number;
  readonly kernel: readonly Float32Array[];
  readonly recurrent: readonly Float32Array[];
  readonly bias: readonly Float32Array[];
}

export interface DirectionOptions {
  /** From the last step to the first. */
  readonly backwards: boolean;
  /** The state carries over from inference to inference. */
  readonly stateful: boolean;
}

export function lstmOperator(
  graph: RecurrentGraph,
  name: string,
  x: Sequence,
  { units, kernel, recurrent, bias }: LstmWeights,
  { backwards, stateful }: DirectionOptions,
): Outcome {
  const { steps, batch, features, timeMajor } = x;
  const given = backwards ? reversed(graph, `${name}/reversed`, x) : x;
  const gates = (what: string, values: readonly Float32Array[], shape: readonly number[]) =>
    values.map((v, gate) => graph.floats(`${name}/${lstmGates[gate]}_${what}`, v, shape));
  const inputs = [
    given.tensor,
    ...gates('kernel', kernel, [units, features]),
    ...gates('recurrent_kernel', recurrent, [units, units]),
    ...[-1, -1, -1],
    ...gates('bias', bias, [units]),
    ...[-1, -1],
    graph.state(`${name}/hidden`, [batch, units]),
    graph.state(`${name}/cell`, [batch, units]),
    ...[-1, -1, -1, -1],
  ];
  const attributes = {
    activation: 'TANH',
    cellClip: 0,
    timeMajor,
    ...(!stateful && { restarts: true as const }),
  } as const;
  const shape = shapeOf({ ...x, features: units });
  const tensor = one(graph, 'UNIDIRECTIONAL_SEQUENCE_LSTM', name, inputs, attributes, shape);
  const processed = { tensor, steps, batch, features: units, timeMajor };
  return {
    sequence: () => (backwards ? reversed(graph, `${name}/sequence`, processed) : processed),
    processed: () => processed,
    hidden: () => stepOf(graph, `${name}/last`, processed, steps - 1),
  };
}
