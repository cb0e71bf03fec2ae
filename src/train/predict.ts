/** The answers of a float graph to many samples, by TensorFlow.js: much faster than the simulator, but not to the bit. */
import type { Dataset } from '../data/index.js';
import { throwIfErrors } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import { pick, piecesOf } from './batches.js';
import { checkComputable, checkInputs } from './check.js';
import { forward } from './forward.js';
import { type Backend, loadTensorflow } from './tensorflow.js';

export interface PredictOptions {
  /** The tensor that is wanted; the first output unless given. */
  readonly tensor?: number;
  readonly batchSize?: number;
  readonly backend?: Backend;
}

/** @returns samples back to back. @throws CrimpError `cannot-train`, `data-shape` */
export async function predict(
  graph: Graph,
  data: Pick<Dataset, 'count' | 'inputs'>,
  { tensor = graph.outputs[0]!, batchSize = 64, backend }: PredictOptions = {},
): Promise<Float32Array> {
  throwIfErrors([...checkComputable(graph), ...checkInputs(graph, data, 'the data')]);
  const tf = await loadTensorflow(backend);
  const size = elementCount(graph.tensors[tensor]!.shape);
  const answers = new Float32Array(data.count * size);
  const order = Int32Array.from({ length: data.count }, (_, i) => i);
  piecesOf(order, batchSize).forEach((indices, b) => {
    const { count, inputs } = pick(data, indices);
    // Not returned from tf.tidy, which would look for tensors in every element.
    tf.tidy(() => {
      const tensors = inputs.map((values, i) =>
        tf.tensor(values, [count, ...graph.tensors[graph.inputs[i]!]!.shape]),
      );
      const value = forward(tf, graph, { weights: new Map(), inputs: tensors })(tensor);
      answers.set(value.dataSync(), b * batchSize * size);
    });
  });
  return answers;
}
