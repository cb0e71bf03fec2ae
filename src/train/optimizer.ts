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
  change: Update,
): void {
  const [first, second] = [state.first[variable], state.second[variable]];
  if (optimizer === 'adam') adam(first!, second!, step, change);
  else sgd(first, momentum, change);
  const { values, mask } = change;
  mask?.forEach((keep, i) => {
    if (keep === 0) values[i] = 0;
  });
}

function adam(
  first: Float32Array,
  second: Float32Array,
  step: number,
  { values, gradient, ...u }: Update,
): void {
  const [bias1, bias2] = [1 - beta1 ** step, 1 - beta2 ** step];
  const kept = 1 - u.rate * u.decay;
  for (let i = 0; i < values.length; i++) {
    const g = u.mask?.[i] === 0 ? 0 : gradient[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    values[i] = kept * values[i]! - ((u.rate / bias1) * m) / (Math.sqrt(v / bias2) + epsilon);
  }
}

function sgd(velocity: Float32Array | undefined, momentum: number, { values, gradient, ...u }: Update): void {
  const kept = 1 - u.rate * u.decay;
  for (let i = 0; i < values.length; i++) {
    let move = u.mask?.[i] === 0 ? 0 : gradient[i]!;
    if (velocity) {
      move += momentum * velocity[i]!;
      velocity[i] = move;
    }
    values[i] = kept * values[i]! - u.rate * move;
  }
}
