/** What quantization costs each network: from calibration data alone, and trained with the integers in the loop. */
import { readFileSync } from 'node:fs';
import { type QuantizeAwareOptions, quantizeAware } from '../../../src/compress/quantize/qat.js';
import { type QuantizeOptions, quantize } from '../../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../../src/data/index.js';
import type { Graph } from '../../../src/graph/graph.js';
import { importModel } from '../../../src/importers/index.js';
import { baseline } from '../baselines.js';
import { accuracyOf, type Experiment, type Figures, type Setting, some } from '../setting.js';

const calibrationSamples = 300;

/** Through the simulator, sample by sample: a part of the training digits has to do. */
const aware: QuantizeAwareOptions = { epochs: 2, batchSize: 32, learningRate: 2e-4, schedule: 'cosine' };
const awareSamples = 2000;

async function quantized(name: string, graph: Graph, setting: Setting): Promise<Figures> {
  const [calibration, training] = [some(setting, calibrationSamples), some(setting, awareSamples)];
  const after = async (options: QuantizeOptions) =>
    accuracyOf(quantize(graph, calibration, { ...options, allowCollapse: true }).graph, setting);
  const trained = async (weights: 'int8' | 'int4') => {
    const shown = setting.training(`${name}, ${weights} in the loop`);
    return accuracyOf(
      (await quantizeAware(graph, training, { ...aware, weights, allowCollapse: true, ...shown })).graph,
      setting,
    );
  };
  return {
    float: await accuracyOf(graph, setting),
    int8: await after({}),
    int8Aware: await trained('int8'),
    int4: await after({ weights: 'int4' }),
    int4Aware: await trained('int4'),
  };
}

/** The network of examples/digits takes pixels 0…255. */
function in255(data: Dataset): Dataset {
  return { ...data, inputs: data.inputs.map((values) => values.map((v) => v * 255)) };
}

function example(setting: Setting): Promise<Figures> {
  const file = new URL('../../../examples/digits/digits.tflite', import.meta.url);
  const graph = importModel(readFileSync(file), { name: 'digits' });
  return quantized('digits', graph, {
    ...setting,
    train: in255(setting.train),
    test: in255(setting.test),
  });
}

export const quantization: readonly Experiment[] = [
  { name: 'digits_quantized', run: example },
  ...(['lenet_300_100', 'lenet_5'] as const).map((name) => ({
    name: `${name}_quantized`,
    run: async (setting: Setting) => quantized(name, await baseline(name, setting), setting),
  })),
];
