/** LSTM, GRU and plain recurrent cells of plain operators. */
import { type Activation, fullyConnected, joined, none, one, type RecurrentGraph } from './graph.js';
import type { LstmWeights } from './lstm_operator.js';
import type { Cell } from './unrolled.js';

function split(graph: RecurrentGraph, name: string, x: number, parts: number, shape: readonly number[]) {
  const axis = graph.integers(`${name}/axis`, [1], []);
  return graph.op('SPLIT', name, [axis, x], { numSplits: parts }, ...new Array(parts).fill(shape));
}

function binary(
  graph: RecurrentGraph,
  type: 'ADD' | 'SUB' | 'MUL',
  name: string,
  a: number,
  b: number,
  shape: readonly number[],
) {
  return one(graph, type, name, [a, b], none, shape);
}

export interface LstmCell extends LstmWeights {
  readonly activations: {
    readonly gate: Activation;
    readonly candidate: Activation;
    readonly hidden: Activation;
  };
  /** Of the input, forget and output gate: what they see of the cell state. */
  readonly peepholes?: readonly [Float32Array, Float32Array, Float32Array];
}

export function lstmCell({ units, kernel, recurrent, bias, activations, peepholes }: LstmCell): Cell {
  return {
    units,
    operators: peepholes ? 18 : 12,
    hasCell: true,
    projections: [{ kernel: joined(kernel), bias: joined(bias) }],
    stepper(graph, name, batch) {
      const shape = [batch, units];
      const weights = graph.floats(`${name}/recurrent_kernel`, joined(recurrent), [4 * units, units]);
      const seen = ['input', 'forget', 'output'].map(
        (gate, i) => peepholes && graph.floats(`${name}/${gate}_peephole`, peepholes[i]!, [units]),
      );
      return (at, [x], { hidden, cell }) => {
        const wide = [batch, 4 * units];
        const past =
          hidden === undefined
            ? undefined
            : fullyConnected(graph, `${at}/past`, hidden, weights, undefined, wide);
        const sums = past === undefined ? x! : binary(graph, 'ADD', `${at}/sums`, x!, past, wide);
        const [i, f, g, o] = split(graph, `${at}/gates`, sums, 4, shape) as [number, number, number, number];
        const peeking = (gate: string, sum: number, k: number, state: number | undefined) => {
          if (seen[k] === undefined || state === undefined) return sum;
          const product = binary(graph, 'MUL', `${at}/${gate}_seen`, state, seen[k], shape);
          return binary(graph, 'ADD', `${at}/${gate}_sum`, sum, product, shape);
        };
        const gate = (what: string, sum: number, k: number, state: number | undefined) =>
          activations.gate(graph, `${at}/${what}`, peeking(what, sum, k, state), shape);
        const candidate = activations.candidate(graph, `${at}/candidate`, g, shape);
        const input = gate('input', i, 0, cell);
        let next = binary(graph, 'MUL', `${at}/admitted`, input, candidate, shape);
        if (cell !== undefined) {
          const kept = binary(graph, 'MUL', `${at}/kept`, gate('forget', f, 1, cell), cell, shape);
          next = binary(graph, 'ADD', `${at}/cell`, kept, next, shape);
        }
        const shown = activations.hidden(graph, `${at}/shown`, next, shape);
        return {
          hidden: binary(graph, 'MUL', at, gate('output', o, 2, next), shown, shape),
          cell: next,
        };
      };
    },
  };
}

export interface GruCell {
  readonly units: number;
  /** Of the update and the reset gate and of the candidate: [units][inputs], [units][units] and [units]. */
  readonly kernel: readonly [Float32Array, Float32Array, Float32Array];
  readonly recurrent: readonly [Float32Array, Float32Array, Float32Array];
  readonly bias: readonly [Float32Array, Float32Array, Float32Array];
  /** The reset gate acts on the product with the recurrent weights and this bias, not on the state itself. */
  readonly resetAfter?: Float32Array;
  readonly activations: { readonly gate: Activation; readonly candidate: Activation };
}

export function gruCell({ units, kernel, recurrent, bias, resetAfter, activations }: GruCell): Cell {
  return {
    units,
    operators: 11,
    hasCell: false,
    projections: [
      { kernel: joined(kernel.slice(0, 2)), bias: joined(bias.slice(0, 2)) },
      { kernel: kernel[2], bias: bias[2] },
    ],
    stepper(graph, name, batch) {
      const [shape, wide] = [
        [batch, units],
        [batch, 2 * units],
      ];
      const gateWeights = graph.floats(`${name}/recurrent_kernel`, joined(recurrent.slice(0, 2)), [
        2 * units,
        units,
      ]);
      const weights = graph.floats(`${name}/candidate_recurrent_kernel`, recurrent[2], [units, units]);
      const offset = resetAfter && graph.floats(`${name}/recurrent_bias`, resetAfter, [units]);
      const dense = fullyConnected;
      return (at, [gateInputs, candidateInput], { hidden }) => {
        const past =
          hidden === undefined
            ? undefined
            : dense(graph, `${at}/past`, hidden, gateWeights, undefined, wide!);
        const sums =
          past === undefined ? gateInputs! : binary(graph, 'ADD', `${at}/sums`, gateInputs!, past, wide!);
        const gates = activations.gate(graph, `${at}/gates`, sums, wide!);
        const [update, reset] = split(graph, `${at}/split`, gates, 2, shape!) as [number, number];
        const candidate = (sum: number) => activations.candidate(graph, `${at}/candidate`, sum, shape!);
        const mul = (what: string, a: number, b: number) =>
          binary(graph, 'MUL', `${at}/${what}`, a, b, shape!);
        const withInput = (recalled: number) =>
          binary(graph, 'ADD', `${at}/candidate_sum`, candidateInput!, recalled, shape!);
        if (hidden === undefined) {
          const next = candidate(
            offset === undefined ? candidateInput! : withInput(mul('recalled', reset, offset)),
          );
          return { hidden: binary(graph, 'SUB', at, next, mul('kept', update, next), shape!) };
        }
        const recalled =
          offset === undefined
            ? dense(graph, `${at}/recalled`, mul('reset', reset, hidden), weights, undefined, shape!)
            : mul('recalled', reset, dense(graph, `${at}/recurrent`, hidden, weights, offset, shape!));
        const next = candidate(withInput(recalled));
        // z · h + (1 − z) · next.
        const difference = binary(graph, 'SUB', `${at}/difference`, hidden, next, shape!);
        return { hidden: binary(graph, 'ADD', at, next, mul('kept', update, difference), shape!) };
      };
    },
  };
}

export interface PlainCell {
  readonly units: number;
  readonly kernel: Float32Array;
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
  readonly activation: Activation;
}

export function plainCell({ units, kernel, recurrent, bias, activation }: PlainCell): Cell {
  return {
    units,
    operators: 3,
    hasCell: false,
    projections: [{ kernel, bias }],
    stepper(graph, name, batch) {
      const shape = [batch, units];
      const weights = graph.floats(`${name}/recurrent_kernel`, recurrent, [units, units]);
      return (at, [x], { hidden }) => {
        if (hidden === undefined) return { hidden: activation(graph, at, x!, shape) };
        const past = fullyConnected(graph, `${at}/past`, hidden, weights, undefined, shape);
        const sum = binary(graph, 'ADD', `${at}/sum`, x!, past, shape);
        return { hidden: activation(graph, at, sum, shape) };
      };
    },
  };
}
