/**
 * Recurrent layers as plain operators, step by step, which share their weights: for cells that no operator computes, and
 * where the state comes from elsewhere or is asked for.
 */
import { fullyConnected, type Outcome, one, type RecurrentGraph, type Sequence, shapeOf } from './graph.js';
import type { DirectionOptions } from './lstm_operator.js';

/** Hidden state and, of an LSTM, cell state, [batch][units]; undefined is zeros. */
export interface State {
  readonly hidden?: number;
  readonly cell?: number;
}

/** What comes of the input at one step, before the state is looked at. */
export type Projected = readonly number[];

/** One kind of layer with its weights. */
export interface Cell {
  readonly units: number;
  /** About how many operators a step takes. */
  readonly operators: number;
  readonly hasCell: boolean;
  /** Products of the inputs: [outputs][features] and one bias each, of all steps at once. */
  readonly projections: readonly { readonly kernel: Float32Array; readonly bias: Float32Array }[];
  /** Made once; the weights that all steps share. */
  stepper(
    graph: RecurrentGraph,
    name: string,
    batch: number,
  ): (
    name: string,
    projected: Projected,
    state: State,
  ) => { readonly hidden: number; readonly cell?: number };
}

/** Beyond this a layer's calls take more flash than its weights do. */
export const mostOperators = 1200;

/** Why so many steps are not written out; undefined where they are. */
export function unrollProblem({ operators }: Cell, steps: number): string | undefined {
  if (steps * operators <= mostOperators) return undefined;
  const most = Math.floor(mostOperators / operators);
  return (
    `takes ${steps} steps of about ${operators} operators each, written out one by one; at most ${most} steps are. ` +
    'Use fewer steps, or an LSTM with tanh and sigmoid, which is one operator'
  );
}

/** @param initial undefined entries are zeros; not with `stateful` */
export function unrolled(
  graph: RecurrentGraph,
  name: string,
  x: Sequence,
  cell: Cell,
  { backwards, stateful }: DirectionOptions,
  initial: State = {},
): Outcome {
  const { steps, batch, timeMajor } = x;
  const shape = [batch, cell.units];
  const projected = cell.projections.map(({ kernel, bias }, i) =>
    project(graph, `${name}/inputs${i === 0 ? '' : `_${i}`}`, x, kernel, bias),
  );
  const kept = stateful ? keptState(graph, name, shape, cell.hasCell) : undefined;
  let state: State = kept ? kept.read() : initial;
  const step = cell.stepper(graph, name, batch);
  const hidden: number[] = [];
  for (let i = 0; i < steps; i++) {
    const at = backwards ? steps - 1 - i : i;
    const next = step(
      `${name}/step_${at}`,
      projected.map((parts) => parts[at]!),
      state,
    );
    hidden.push(next.hidden);
    state = next;
  }
  kept?.write(state);
  const packed = (what: string, states: readonly number[]): Sequence => {
    const whole = { steps, batch, features: cell.units, timeMajor };
    const attributes = { valuesCount: steps, axis: timeMajor ? 0 : 1 };
    const tensor = one(graph, 'PACK', what, states, attributes, shapeOf({ ...whole, tensor: -1 }));
    return { ...whole, tensor };
  };
  return {
    sequence: () => packed(name, backwards ? [...hidden].reverse() : hidden),
    processed: () => packed(name, hidden),
    hidden: () => state.hidden!,
    ...(cell.hasCell && { cell: () => state.cell! }),
  };
}

/** @returns a value of [batch][outputs] for each step */
function project(
  graph: RecurrentGraph,
  name: string,
  x: Sequence,
  kernel: Float32Array,
  bias: Float32Array,
): readonly number[] {
  const { steps, batch, timeMajor } = x;
  const outputs = bias.length;
  const weights = graph.floats(`${name}/kernel`, kernel, [outputs, x.features]);
  const offsets = graph.floats(`${name}/bias`, bias, [outputs]);
  const whole = fullyConnected(graph, name, x.tensor, weights, offsets, shapeOf({ ...x, features: outputs }));
  const attributes = { num: steps, axis: timeMajor ? 0 : 1 };
  const shapes = Array.from({ length: steps }, () => [batch, outputs]);
  return graph.op('UNPACK', `${name}/steps`, [whole], attributes, ...shapes);
}

function keptState(graph: RecurrentGraph, name: string, shape: readonly number[], hasCell: boolean) {
  const names = hasCell ? (['hidden', 'cell'] as const) : (['hidden'] as const);
  const variables = names.map((what) => ({ what, tensor: graph.state(`${name}/${what}`, shape) }));
  return {
    read: (): State =>
      Object.fromEntries(
        variables.map(({ what, tensor }) => [
          what,
          one(graph, 'READ_VARIABLE', `${name}/${what}_before`, [tensor], {}, shape),
        ]),
      ),
    write(state: State): void {
      for (const { what, tensor } of variables)
        graph.op('ASSIGN_VARIABLE', `${name}/${what}_after`, [tensor, state[what]!], {});
    },
  };
}
