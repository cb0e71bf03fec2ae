/**
 * Batch normalization in training. In a graph it is what an exporter has made of it, MUL and ADD by one value a channel:
 * s = γ / √(variance + ε) and t = β − mean · s. To train it as it was meant, γ and β take the places of s and t among the
 * variables, each batch is normalized by its own mean and variance, through which gradients run, and their running averages
 * give s and t again. Ioffe and Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training".
 */
import type * as T from '@tensorflow/tfjs';
import type { Dataset } from '../data/index.js';
import { type Diagnostic, error } from '../diagnostics.js';
import type { AnyOp, Graph } from '../graph/graph.js';
import { soleConsumerOf } from '../passes/uses.js';
import { pick, piecesOf } from './batches.js';
import { forward, type Normalize } from './forward.js';
import type { Settings } from './options.js';
import type { Tf } from './tensorflow.js';
import type { Variable } from './variables.js';

export interface BatchNorm {
  readonly mul: AnyOp;
  /** The tensor that is normalized. */
  readonly input: number;
  readonly channels: number;
  /** Places among the variables: s and t, or γ and β. */
  readonly scale: number;
  readonly offset: number;
}

/** One for each batch norm. */
export interface Moments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Keras' default. */
const epsilon = 1e-3;
/** What the running averages keep of themselves at a whole batch. */
const momentum = 0.9;

/** MUL by a value a channel, which nothing but an ADD of a value a channel reads; their constants serve no other op. */
export function batchNormsOf(graph: Graph, variables: readonly Variable[]): BatchNorm[] {
  const uses = new Map<number, number>();
  for (const t of graph.ops.flatMap((op) => op.inputs)) uses.set(t, (uses.get(t) ?? 0) + 1);
  const placeOf = (op: AnyOp, role: Variable['role']) =>
    variables.findIndex((v) => v.role === role && op.inputs.includes(v.tensor) && uses.get(v.tensor) === 1);
  return graph.ops.flatMap((mul): BatchNorm[] => {
    if (mul.type !== 'MUL' || mul.attributes.activation !== 'NONE') return [];
    const add = soleConsumerOf(graph, mul.outputs[0]!);
    if (add?.type !== 'ADD') return [];
    const [scale, offset] = [placeOf(mul, 'scale'), placeOf(add, 'offset')];
    const input = mul.inputs.find((t) => t !== variables[scale]?.tensor);
    if (scale < 0 || offset < 0 || input === undefined || graph.tensors[input]!.data) return [];
    const channels = graph.tensors[input]!.shape.at(-1) ?? 1;
    const alongLast = [scale, offset].every((i) => variables[i]!.shape.at(-1) === channels);
    return alongLast ? [{ mul, input, channels, scale, offset }] : [];
  });
}

/** Who asks for batch statistics wants them somewhere. */
export function checkBatchNorm({ batchNorm }: Settings, norms: readonly BatchNorm[]): Diagnostic[] {
  if (batchNorm !== 'frozen' && batchNorm !== 'batch') {
    return [error('train-option', `batch normalization is ${batchNorm}`, 'Say frozen or batch.')];
  }
  if (batchNorm === 'frozen' || norms.length > 0) return [];
  const message = 'no layer is normalized: none has MUL and then ADD by one value a channel';
  const hint =
    'Leave --batch-norm out: where an exporter has folded it into the weights there is nothing left of it.';
  return [error('train-option', message, hint)];
}

/** What the graph as it stands gives to its batch norms, over all of the data. */
export function momentsOf(
  tf: Tf,
  graph: Graph,
  norms: readonly BatchNorm[],
  data: Dataset,
  batchSize: number,
): Moments[] {
  const sums = norms.map(({ channels }) => ({
    count: 0,
    mean: new Float64Array(channels),
    squares: new Float64Array(channels),
  }));
  const order = Int32Array.from({ length: data.count }, (_, i) => i);
  for (const indices of piecesOf(order, batchSize)) {
    const batch = pick(data, indices);
    tf.tidy(() => {
      const inputs = batch.inputs.map((values, i) =>
        tf.tensor(values, [batch.count, ...graph.tensors[graph.inputs[i]!]!.shape]),
      );
      const value = forward(tf, graph, { weights: new Map(), inputs });
      norms.forEach(({ input }, n) => {
        const x = value(input).dataSync();
        addMoments(sums[n]!, x as Float32Array);
      });
    });
  }
  return sums.map(({ count, mean, squares }) => ({
    mean: Float32Array.from(mean),
    variance: Float32Array.from(squares, (s) => s / count),
  }));
}

/** Welford's update, with `squares` the sum of squared distances from the mean. */
function addMoments(
  sums: { count: number; readonly mean: Float64Array; readonly squares: Float64Array },
  x: Float32Array,
): void {
  const { mean, squares } = sums;
  for (let i = 0; i < x.length; ) {
    sums.count++;
    for (let c = 0; c < mean.length; c++, i++) {
      const distance = x[i]! - mean[c]!;
      mean[c]! += distance / sums.count;
      squares[c]! += distance * (x[i]! - mean[c]!);
    }
  }
}

/**
 * s and t become γ and β, in place, so that the graph computes what it did. Where they are still 1 and 0, as `initialize` draws
 * them, nothing has been normalized yet: there γ and β are 1 and 0.
 */
export function unfold(
  norms: readonly BatchNorm[],
  values: readonly Float32Array[],
  moments: readonly Moments[],
): void {
  norms.forEach(({ scale, offset }, n) => {
    const [s, t] = [values[scale]!, values[offset]!];
    const { mean, variance } = moments[n]!;
    if (s.every((factor) => factor === 1) && t.every((term) => term === 0)) return;
    s.forEach((factor, c) => {
      t[c] = t[c]! + mean[c]! * factor;
      s[c] = factor * Math.sqrt(variance[c]! + epsilon);
    });
  });
}

/** The variables with s and t again where γ and β stand. */
export function fold(
  norms: readonly BatchNorm[],
  values: readonly Float32Array[],
  moments: readonly Moments[],
): Float32Array[] {
  const folded = [...values];
  norms.forEach(({ scale, offset }, n) => {
    const { mean, variance } = moments[n]!;
    const s = values[scale]!.map((gamma, c) => gamma / Math.sqrt(variance[c]! + epsilon));
    folded[scale] = s;
    folded[offset] = values[offset]!.map((beta, c) => beta - mean[c]! * s[c]!);
  });
  return folded;
}

/** For one batch: what normalizes it, and afterwards what it was normalized by, with the variance of all that it stands for. */
export function normalizerOf(
  tf: Tf,
  norms: readonly BatchNorm[],
): { readonly normalize: Normalize; readonly moments: Map<number, Moments> } {
  const moments = new Map<number, Moments>();
  const normalize: Normalize = (value, op) => {
    const n = norms.findIndex(({ mul }) => mul === op);
    return n < 0 ? value : normalized(tf, value, norms[n]!.channels, (found) => moments.set(n, found));
  };
  return { normalize, moments };
}

/** x̂ = (x − mean) / √(variance + ε); dx = (dy − mean of dy − x̂ · mean of dy · x̂) / √(variance + ε), by channel. */
function normalized(tf: Tf, x: T.Tensor, channels: number, report: (found: Moments) => void): T.Tensor {
  const meanOf = (rows: T.Tensor2D) => {
    const share = tf.fill([1, rows.shape[0]], 1 / rows.shape[0]) as T.Tensor2D;
    return tf.matMul(share, rows);
  };
  const apply = tf.customGrad((...args) => {
    const [given, save] = args as unknown as [T.Tensor2D, T.GradSaveFunc];
    const mean = meanOf(given);
    const centered = tf.sub(given, mean) as T.Tensor2D;
    const variance = meanOf(tf.square(centered));
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const value = tf.mul(centered, inverse) as T.Tensor2D;
    const count = given.shape[0];
    if (count > 1) {
      const spread = (variance.dataSync() as Float32Array).map((v) => (v * count) / (count - 1));
      report({ mean: mean.dataSync().slice() as Float32Array, variance: spread });
    }
    save([value, inverse]);
    const gradFunc = (dy: T.Tensor, saved: T.Tensor[]) => {
      const [unit, factor] = saved as [T.Tensor2D, T.Tensor2D];
      const along = meanOf(tf.mul(dy, unit) as T.Tensor2D);
      const rest = tf.sub(tf.sub(dy, meanOf(dy as T.Tensor2D)), tf.mul(unit, along));
      return [tf.mul(rest, factor)];
    };
    return { value, gradFunc };
  });
  return tf.reshape(apply(tf.reshape(x, [-1, channels])), x.shape);
}

/**
 * Running averages after a batch, in place; a short batch counts for its share of a whole one.
 *
 * @param seen of the batch, by place in the running ones; @param share samples of the batch over those of a whole one
 */
export function average(
  running: readonly Moments[],
  seen: ReadonlyMap<number, Moments>,
  share: number,
): void {
  const weight = (1 - momentum) * share;
  for (const [n, moments] of seen) {
    for (const key of ['mean', 'variance'] as const) {
      running[n]![key].forEach((value, c) => {
        running[n]![key][c] = value + weight * (moments[key][c]! - value);
      });
    }
  }
}
