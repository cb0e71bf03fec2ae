/** The loss of one batch, and its gradient in each variable. */
import type * as T from '@tensorflow/tfjs';
import type { Graph } from '../graph/graph.js';
import type { Batch } from './batches.js';
import type { Normalize, Transform } from './forward.js';
import { type Loss, measure, type Penalty } from './loss.js';
import type { Tf } from './tensorflow.js';
import type { Variable } from './variables.js';

/** Variables and where they stand: an array for each of them. */
export interface Point {
  readonly variables: readonly Variable[];
  readonly values: readonly Float32Array[];
}

export interface Wanted {
  readonly loss: Loss;
  readonly penalty?: Penalty;
  readonly transform?: Transform;
  readonly normalize?: Normalize;
}

export interface Derived {
  /** Without the penalty. */
  readonly loss: number;
  readonly penalized: number;
  /** Samples whose largest logit is the label's; undefined without labels or classes. */
  readonly right?: number;
  /** Of the penalized loss, one for each variable; undefined where it does not depend on it. */
  readonly gradients: readonly (Float32Array | undefined)[];
}

export function differentiate(
  tf: Tf,
  graph: Graph,
  { variables, values }: Point,
  batch: Batch,
  { loss, penalty, transform, normalize }: Wanted,
): Derived {
  let derived: Derived | undefined;
  // Nothing is returned from tf.tidy, which would look for tensors in every element of an array.
  tf.tidy(() => {
    let measured = { loss: Number.NaN, right: undefined as number | undefined };
    const tensors = tensorsOf(tf, variables, values);
    const whole = (...given: T.Tensor[]) => {
      const weights = weightsOf(variables, given);
      const { loss: mean, right } = measure(tf, graph, weights, batch, loss, transform, normalize);
      measured = { loss: mean.dataSync()[0]!, right };
      return penalty ? tf.add(mean, penalty(weights, tf)) : mean;
    };
    // A loss of one's own need not depend on every weight, which tf.grads would refuse.
    const { value, grads } = tf
      .engine()
      .gradients(() => whole(...tensors) as T.Tensor, tensors, undefined, true);
    const penalized = value.dataSync()[0]!;
    const gradients = grads.map((gradient) => gradient?.dataSync() as Float32Array | undefined);
    derived = { ...measured, penalized, gradients };
  });
  return derived!;
}

export function tensorsOf(
  tf: Tf,
  variables: readonly Variable[],
  values: readonly Float32Array[],
): T.Tensor[] {
  // A copy: the backend in plain JavaScript keeps the array it is given.
  return variables.map(({ shape }, i) => tf.tensor(values[i]!.slice(), [...shape]));
}

/** By tensor index. */
export function weightsOf(
  variables: readonly Variable[],
  tensors: readonly T.Tensor[],
): Map<number, T.Tensor> {
  return new Map(variables.map(({ tensor }, i) => [tensor, tensors[i]!]));
}
