/**
 * SGD with momentum and Adam over plain arrays: their state is what a checkpoint has to hold, to the bit. Weight decay is
 * decoupled from the gradient for both (Loshchilov and Hutter, "Decoupled Weight Decay Regularization").
 */
export type OptimizerName = 'sgd' | 'adam';

export interface OptimizerOptions {
  readonly optimizer: OptimizerName;
  /** Of SGD; 0 is none. */
  readonly momentum: number;
}

/** Arrays beside each variable, in the order of the variables; empty where the optimizer keeps none. */
export interface OptimizerState {
  readonly first: readonly Float32Array[];
  readonly second: readonly Float32Array[];
}

export interface Update {
  /** Changed in place. */
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly rate: number;
  /** What is taken off each value: rate · decay · value. */
  readonly decay: number;
  /** 0 where the value is to stay 0. */
  readonly mask?: Uint8Array;
}

/** Kingma and Ba, "Adam: A Method for Stochastic Optimization", algorithm 1. */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

export function createState(
  { optimizer, momentum }: OptimizerOptions,
  sizes: readonly number[],
): OptimizerState {
  const arrays = (wanted: boolean) => (wanted ? sizes.map((n) => new Float32Array(n)) : []);
  return { first: arrays(optimizer === 'adam' || momentum > 0), second: arrays(optimizer === 'adam') };
}

/** @param variable its place among the variables; @param step from 1 */
export function update(
  { optimizer, momentum }: OptimizerOptions,
  state: OptimizerState,
  variable: number,
  step: number,
  { values, gradient, rate, decay, mask }: Update,
): void {
  const [first, second] = [state.first[variable], state.second[variable]];
  const [bias1, bias2] = [1 - beta1 ** step, 1 - beta2 ** step];
  for (let i = 0; i < values.length; i++) {
    if (mask?.[i] === 0) {
      values[i] = 0;
      continue;
    }
    const g = gradient[i]!;
    let move = g;
    if (optimizer === 'adam') {
      first![i] = beta1 * first![i]! + (1 - beta1) * g;
      second![i] = beta2 * second![i]! + (1 - beta2) * g * g;
      move = first![i]! / bias1 / (Math.sqrt(second![i]! / bias2) + epsilon);
    } else if (first) {
      first[i] = momentum * first[i]! + g;
      move = first[i]!;
    }
    values[i] = values[i]! - rate * (move + decay * values[i]!);
  }
}
