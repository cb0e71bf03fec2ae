/** The network 784-128-10, one technique after the other, on the virtual Pico. */
import type { CompileOptions } from '../../../src/compile.js';
import { distill } from '../../../src/compress/distill/distill.js';
import { lessonOf } from '../../../src/compress/distill/lesson.js';
import { pruneGradually } from '../../../src/compress/prune/prune_gradually.js';
import { pruneStructured } from '../../../src/compress/prune/structured.js';
import { quantizeAware } from '../../../src/compress/quantize/qat.js';
import type { Graph } from '../../../src/graph/graph.js';
import { train } from '../../../src/train/train.js';
import { baseline } from '../baselines.js';
import { inInt8, onDevice } from '../device.js';
import { perceptron } from '../networks.js';
import { accuracyOf, type Experiment, type Figures, type Setting } from '../setting.js';

const training = { batchSize: 64, learningRate: 1e-3, schedule: 'cosine' } as const;
const mixing = { temperature: 4, alpha: 0.9 } as const;

/** Half of the neurons go, those with the smallest weights. */
function withoutNeurons(dense: Graph, setting: Setting): Promise<Graph> {
  return setting.model('mlp_pruned', async () => {
    const { graph } = await pruneStructured(dense, { goal: { metric: 'macs', share: 0.5 } });
    const options = { ...training, epochs: 10, ...setting.training('mlp, half of the neurons') };
    return (await train(graph, setting.train, options)).graph;
  });
}

/** A quarter of the neurons, taught by LeNet-5. */
function distilled(teacher: Graph, setting: Setting): Promise<Graph> {
  return setting.model('mlp_distilled', async () => {
    const student = perceptron('mlp_784_32_10', [32], setting.seed);
    const options = { ...training, ...mixing, epochs: 20, ...setting.training('mlp, distilled') };
    return (await distill(teacher, student, setting.train, options)).graph;
  });
}

/** Taught by LeNet-5 while nine tenths of the weights go; then int8 with 16 distinct weights a layer, packed. */
function combined(teacher: Graph, dense: Graph, setting: Setting): Promise<Graph> {
  return setting.model('mlp_combined', async () => {
    const shown = (what: string) => setting.training(`mlp, distilled and pruned${what}`);
    const options = { ...training, ...mixing, epochs: 20, ...shown('') };
    const lesson = await lessonOf(teacher, dense, setting.train, options);
    const sparse = await pruneGradually(dense, lesson.dataset, { sparsity: 0.9 }, lesson.options);
    const aware = { ...training, learningRate: 2e-4, epochs: 2, clusters: 16, ...shown(', int8') };
    return (await quantizeAware(sparse.graph, setting.train, aware)).graph;
  });
}

async function figures(graph: Graph, setting: Setting, options: CompileOptions = {}): Promise<Figures> {
  return { accuracy: await accuracyOf(graph, setting), ...(await onDevice(graph, options)) };
}

export const articleNetwork: Experiment = {
  name: 'mlp_784_128_10',
  async run(setting) {
    const dense = await baseline('mlp_784_128_10', setting);
    const teacher = await baseline('lenet_5', setting);
    const small = await combined(teacher, dense, setting);
    return {
      dense: await figures(dense, setting),
      pruned: await figures(await withoutNeurons(dense, setting), setting),
      int8: await figures(inInt8(dense, setting), setting),
      distilled: await figures(await distilled(teacher, setting), setting),
      combined: await figures(small, setting, { packWeights: true }),
    };
  },
};
