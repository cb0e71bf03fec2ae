/** The network 784-128-10, one technique after the other, on the virtual Pico. */
import { distill } from '../../../src/compress/distill/distill.js';
import { lessonOf } from '../../../src/compress/distill/lesson.js';
import { pruneGradually } from '../../../src/compress/prune/prune_gradually.js';
import { pruneStructured } from '../../../src/compress/prune/structured.js';
import { quantizeAware } from '../../../src/compress/quantize/qat.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import type { Graph } from '../../../src/graph/graph.js';
import { measuredFootprint } from '../../../src/measure/footprint.js';
import { train } from '../../../src/train/train.js';
import { defaultTarget } from '../../../targets/index.js';
import { baseline } from '../baselines.js';
import { perceptron } from '../networks.js';
import { accuracyOf, type Experiment, type Figures, type Setting, some } from '../setting.js';

const training = { batchSize: 64, learningRate: 1e-3, schedule: 'cosine' } as const;
const mixing = { temperature: 4, alpha: 0.9 } as const;

/** Half of the neurons go, those with the smallest weights. */
async function withoutNeurons(setting: Setting): Promise<Graph> {
  const dense = await baseline('mlp_784_128_10', setting);
  const { graph } = await pruneStructured(dense, { goal: { metric: 'macs', share: 0.5 } });
  const options = { ...training, epochs: 10, ...setting.training('mlp, half of the neurons') };
  return (await train(graph, setting.train, options)).graph;
}

/** A quarter of the neurons, taught by LeNet-5. */
async function distilled(setting: Setting): Promise<Graph> {
  const student = perceptron('mlp_784_32_10', [32], setting.seed);
  const options = { ...training, ...mixing, epochs: 20, ...setting.training('mlp, distilled') };
  return (await distill(await baseline('lenet_5', setting), student, setting.train, options)).graph;
}

/** Taught by LeNet-5 while nine tenths of the weights go; then int8 with 16 distinct weights a layer, packed. */
async function combined(setting: Setting): Promise<Graph> {
  const [teacher, dense] = [await baseline('lenet_5', setting), await baseline('mlp_784_128_10', setting)];
  const options = { ...training, ...mixing, epochs: 20, ...setting.training('mlp, distilled and pruned') };
  const lesson = await lessonOf(teacher, dense, setting.train, options);
  const sparse = await pruneGradually(dense, lesson.dataset, { sparsity: 0.9 }, lesson.options);
  const shown = setting.training('mlp, distilled, pruned, int8, clustered');
  const aware = { ...training, learningRate: 2e-4, epochs: 2, clusters: 16, ...shown };
  return (await quantizeAware(sparse.graph, setting.train, aware)).graph;
}

async function figures(graph: Graph, setting: Setting, packWeights = false): Promise<Figures> {
  const accuracy = await accuracyOf(graph, setting);
  const footprint = await measuredFootprint(graph, defaultTarget, { packWeights });
  const { weightsBytes, flashBytes, arenaBytes, cycles } = footprint;
  return { accuracy, weightsBytes, flashBytes, arenaBytes, cycles };
}

export const articleNetwork: Experiment = {
  name: 'mlp_784_128_10',
  async run(setting) {
    const dense = await baseline('mlp_784_128_10', setting);
    const int8 = quantize(dense, some(setting, 300), { allowCollapse: true }).graph;
    return {
      dense: await figures(dense, setting),
      pruned: await figures(await withoutNeurons(setting), setting),
      int8: await figures(int8, setting),
      distilled: await figures(await distilled(setting), setting),
      combined: await figures(await combined(setting), setting, true),
    };
  },
};
