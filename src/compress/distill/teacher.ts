/** What the teacher says about a batch: from what it said in advance about every sample, or asked on the spot. */
import type * as T from '@tensorflow/tfjs';
import type { Dataset } from '../../data/index.js';
import { renormalized } from '../../data/normalize.js';
import { inputError } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';
import type { Batch } from '../../train/batches.js';
import { checkComputable } from '../../train/check.js';
import { forward } from '../../train/forward.js';
import type { Tf } from '../../train/tensorflow.js';
import { type LogitsOptions, logits, simulated, teacherLogitsOf } from './logits.js';
import { simulatedRows } from './simulated_rows.js';

export interface Answers {
  /** [samples, classes] */
  readonly logits: T.Tensor2D;
  /** Of each layer that is compared: [samples, ...shape]. */
  readonly features: readonly T.Tensor[];
}

/** Called inside tf.tidy. */
export type Teacher = (batch: Batch, tf: Tf) => Answers;

/** @param layers tensor indices @param student whose data it hears */
export function liveTeacher(graph: Graph, layers: readonly number[], student: Graph): Teacher {
  const { tensor, beta } = teacherLogitsOf(graph);
  const tensors = [tensor, ...layers];
  const values = checkComputable(graph).length === 0 ? computed(graph) : simulatedValues(graph, tensors);
  return (batch, tf) => {
    const inputs = renormalized(batch.inputs, student, graph);
    const [scores, ...features] = values({ ...batch, inputs }, tensors, tf) as [T.Tensor, ...T.Tensor[]];
    const rows = tf.reshape(tf.mul(scores, beta), [batch.count, -1]) as T.Tensor2D;
    checkFinite(graph, rows.dataSync());
    return { logits: rows, features };
  };
}

type Values = (batch: Batch, tensors: readonly number[], tf: Tf) => T.Tensor[];

function computed(graph: Graph): Values {
  return (batch, tensors, tf) => {
    const inputs = batch.inputs.map((data, i) =>
      tf.tensor(data, [batch.count, ...graph.tensors[graph.inputs[i]!]!.shape]),
    );
    return tensors.map(forward(tf, graph, { weights: new Map(), inputs }));
  };
}

function simulatedValues(graph: Graph, wanted: readonly number[]): Values {
  const rows = simulatedRows(graph, wanted);
  return (batch, _, tf) => {
    const answers = new Float32Array(batch.count * rows.size);
    for (let i = 0; i < batch.count; i++) {
      rows.run(batch, i, answers.subarray(i * rows.size, (i + 1) * rows.size));
    }
    return split(graph, wanted, answers, batch.count, tf);
  };
}

/** Reads the answers off the batch's targets, as `answered` has put them there. */
export function recallingTeacher(graph: Graph, layers: readonly number[]): Teacher {
  const { tensor } = teacherLogitsOf(graph);
  return (batch, tf) => {
    const [scores, ...features] = split(graph, [tensor, ...layers], batch.targets!, batch.count, tf);
    return { logits: tf.reshape(scores!, [batch.count, -1]) as T.Tensor2D, features };
  };
}

/** @returns the data with the teacher's answers to each sample as targets. @throws CrimpError `teacher-answers` */
export async function answered(
  graph: Graph,
  data: Dataset,
  layers: readonly number[],
  student: Graph,
  options: LogitsOptions,
): Promise<Dataset> {
  const { tensor, beta } = teacherLogitsOf(graph);
  const heard = { ...data, inputs: renormalized(data.inputs, student, graph) };
  const targets =
    layers.length === 0
      ? await logits(graph, heard, options)
      : await simulated(graph, heard, [tensor, ...layers], options);
  if (layers.length > 0) scaleLogits(targets, elementCount(graph.tensors[tensor]!.shape), data.count, beta);
  checkFinite(graph, targets);
  return { ...data, targets };
}

/** β is that of the SOFTMAX. */
function scaleLogits(targets: Float32Array, classes: number, count: number, beta: number): void {
  for (let i = 0; i < count; i++) {
    const start = (i * targets.length) / count;
    for (let c = 0; c < classes; c++) targets[start + c]! *= beta;
  }
}

/** Rows of several tensors' values into a tensor for each. */
function split(
  graph: Graph,
  tensors: readonly number[],
  rows: Float32Array,
  count: number,
  tf: Tf,
): T.Tensor[] {
  const width = rows.length / count;
  let first = 0;
  return tensors.map((t) => {
    const { shape } = graph.tensors[t]!;
    const size = elementCount(shape);
    const values = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      values.set(rows.subarray(i * width + first, i * width + first + size), i * size);
    }
    first += size;
    return tf.tensor(values, [count, ...shape]);
  });
}

function checkFinite(graph: Graph, answers: ArrayLike<number>): void {
  for (let i = 0; i < answers.length; i++) {
    if (Number.isFinite(answers[i])) continue;
    const message = `${graph.name}, the teacher, gives answers that are no finite numbers`;
    throw inputError('teacher-answers', message, 'Check its weights and the range of the data.');
  }
}
