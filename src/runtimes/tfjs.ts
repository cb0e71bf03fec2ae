/** TensorFlow.js itself, on its backend in plain JavaScript, for a model.json: LayersModels and GraphModels. */
import type { GraphModel, LayersModel, Tensor } from '@tensorflow/tfjs';
import { environmentError } from '../diagnostics.js';
import type { TensorData } from '../graph/graph.js';
import { concatenate } from '../measure/simulate.js';
import { loadTensorflow } from '../train/tensorflow.js';
import type { Runtime, RuntimeModel, RuntimeTensor } from './runtime.js';

interface ModelJson {
  readonly format?: string;
  readonly modelTopology: { readonly node?: unknown };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly object[];
  }[];
  readonly signature?: object;
}

const name = 'TensorFlow.js';

/** @throws CrimpError `cannot-read`; `runtime-refuses` with TensorFlow.js' own words */
export async function openTfjs({ bytes, graph, file, readBeside }: RuntimeModel): Promise<Runtime> {
  const tf = await loadTensorflow('cpu');
  const json = JSON.parse(new TextDecoder().decode(bytes)) as ModelJson;
  const shards = json.weightsManifest.flatMap(({ paths }) => paths.map((path) => readBeside!(path)));
  const source = tf.io.fromMemory({
    ...json,
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: concatenate(shards).buffer,
  } as never);
  const refuse = (what: string, failure: unknown) => {
    const reason = failure instanceof Error ? failure.message : String(failure);
    const hint = 'Load the model in your own program to see what it lacks.';
    return environmentError('runtime-refuses', `${name} ${what}: ${reason}`, hint, { file });
  };
  const isGraph = json.format === 'graph-model' || json.modelTopology.node !== undefined;
  const model: GraphModel | LayersModel = await (isGraph
    ? tf.loadGraphModel(source)
    : tf.loadLayersModel(source)
  ).catch((failure: unknown) => {
    throw refuse('refuses the model', failure);
  });
  return {
    name,
    version: `tfjs ${tf.version.tfjs}`,
    async run(inputs) {
      const given = inputs.map((data, i) => {
        const { shape, dtype } = graph.tensors[graph.inputs[i]!]!;
        return tf.tensor(data as Float32Array, [...shape], dtype === 'float32' ? 'float32' : 'int32');
      });
      try {
        const answers = [model.predict(given.length === 1 ? given[0]! : given)].flat() as Tensor[];
        const outputs = answers.map(
          (answer, i): RuntimeTensor => ({
            name: graph.tensors[graph.outputs[i]!]?.name ?? `output ${i}`,
            dtype: answer.dtype,
            shape: answer.shape,
            data: answer.dataSync().slice() as TensorData,
          }),
        );
        tf.dispose(answers);
        return outputs;
      } catch (failure) {
        throw refuse('fails to run the model', failure);
      } finally {
        tf.dispose(given);
      }
    },
    async close() {
      model.dispose();
    },
  };
}
