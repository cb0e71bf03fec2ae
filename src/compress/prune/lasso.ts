/**
 * Penalties that drive weights to 0 while a model trains: lasso one by one (Tibshirani 1996), group lasso a channel as a
 * whole (Yuan and Lin 2006; Wen et al. 2016, "Learning Structured Sparsity in Deep Neural Networks").
 */
import type * as T from '@tensorflow/tfjs';
import { elementCount } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';
import type { Penalty } from '../../train/loss.js';
import type { Tf } from '../../train/tensorflow.js';
import { variablesOf } from '../../train/variables.js';
import { type ChannelGroups, channelGroups } from './channel_groups.js';

/** λ · Σ |w| over the weights of all layers; biases, scales and offsets are free. */
export function lasso(graph: Graph, lambda: number): Penalty {
  const weights = variablesOf(graph).filter(({ role }) => role === 'weights');
  return penalty(
    weights.map(({ tensor }) => tensor),
    (values) => ({
      value: lambda * values.reduce((sum, of) => of.reduce((n, w) => n + Math.abs(w), sum), 0),
      gradients: values.map((of) => of.map((w) => lambda * Math.sign(w))),
    }),
  );
}

/**
 * λ · Σ √|g| · ‖w_g‖₂ over the groups of channels that can be removed. A group is all that is trained and that would go with
 * its channels: filters, biases, scales and offsets, and the weights of the next layer that read them.
 */
export function groupLasso(
  graph: Graph,
  lambda: number,
  groups: ChannelGroups = channelGroups(graph),
): Penalty {
  const trained = variablesOf(graph).map(({ tensor }) => tensor);
  const removable = new Uint8Array(groups.count);
  for (const group of groups.families.flat()) removable[group] = 1;
  const axes = groups.axes
    .filter(({ tensor }) => trained.includes(tensor))
    .map(({ tensor, axis, groups: of }) => {
      const { shape } = graph.tensors[tensor]!;
      return { tensor, of, inner: elementCount(shape.slice(axis + 1)) };
    });
  const tensors = [...new Set(axes.map(({ tensor }) => tensor))];
  const sizes = new Float64Array(groups.count);
  for (const { tensor, of } of axes) {
    const each = elementCount(graph.tensors[tensor]!.shape) / of.length;
    for (const group of of) sizes[group]! += each;
  }
  return penalty(tensors, (values) => {
    const valuesOf = (tensor: number) => values[tensors.indexOf(tensor)]!;
    const squares = new Float64Array(groups.count);
    for (const { tensor, of, inner } of axes) {
      valuesOf(tensor).forEach((w, i) => {
        squares[of[Math.floor(i / inner) % of.length]!]! += w * w;
      });
    }
    let value = 0;
    const factors = squares.map((square, group) => {
      if (removable[group] === 0 || square === 0) return 0;
      const weight = lambda * Math.sqrt(sizes[group]!);
      value += weight * Math.sqrt(square);
      return weight / Math.sqrt(square);
    });
    const gradients = values.map((of) => new Float32Array(of.length));
    for (const { tensor, of, inner } of axes) {
      const gradient = gradients[tensors.indexOf(tensor)]!;
      valuesOf(tensor).forEach((w, i) => {
        gradient[i]! += factors[of[Math.floor(i / inner) % of.length]!]! * w;
      });
    }
    return { value, gradients };
  });
}

/** Plain arrays: at 0, where a norm has no gradient, it is 0 and not NaN. */
function penalty(
  tensors: readonly number[],
  compute: (values: readonly Float32Array[]) => { value: number; gradients: readonly Float32Array[] },
): Penalty {
  return (weights, tf: Tf) => {
    const penalized = tf.customGrad((...args) => {
      const given = args.slice(0, -1) as T.Tensor[];
      const { value, gradients } = compute(given.map((tensor) => tensor.dataSync() as Float32Array));
      const gradFunc = (dy: T.Tensor) =>
        gradients.map((gradient, i) => tf.mul(dy, tf.tensor(gradient, given[i]!.shape)));
      return { value: tf.scalar(value), gradFunc };
    });
    return penalized(...tensors.map((t) => weights.get(t)!));
  };
}
