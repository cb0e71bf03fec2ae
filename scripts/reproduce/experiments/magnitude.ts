/** Magnitude pruning to a twelfth of the weights, and what then is left in flash as packed int8. */

import { compile } from '../../../src/compile.js';
import { sparsityOf } from '../../../src/compress/prune/apply_masks.js';
import { pruneGradually } from '../../../src/compress/prune/prune_gradually.js';
import { quantizeAware } from '../../../src/compress/quantize/qat.js';
import type { Graph } from '../../../src/graph/graph.js';
import { defaultTarget } from '../../../targets/index.js';
import { baseline, denseAccuracy, finetuning } from '../baselines.js';
import { inInt8, onDevice, savedOnDevice } from '../device.js';
import { accuracyOf, type Experiment, type Figures, type Setting } from '../setting.js';

type Name = 'lenet_300_100' | 'lenet_5';

/** A little more than eleven twelfths go. */
const sparsity = 0.92;

function pruned(name: Name, setting: Setting): Promise<Graph> {
  return setting.model(`${name}_pruned`, async () => {
    const options = { ...finetuning[name], ...setting.training(`${name}, pruned`) };
    const dense = await baseline(name, setting);
    return (await pruneGradually(dense, setting.train, { sparsity }, options)).graph;
  });
}

async function prune(name: Name, setting: Setting): Promise<Figures> {
  const graph = await pruned(name, setting);
  const layers = sparsityOf(graph);
  const sum = (of: 'weights' | 'zeros') => layers.reduce((n, layer) => n + layer[of], 0);
  return {
    ...(await denseAccuracy(name, setting)),
    accuracy: await accuracyOf(graph, setting),
    weights: sum('weights'),
    weightsLeft: sum('weights') - sum('zeros'),
    device: await savedOnDevice(await baseline(name, setting), graph, setting),
  };
}

/** Distinct weights in a layer: four bits each. */
const clusters = 16;
const aware = { epochs: 2, batchSize: 64, learningRate: 2e-4, schedule: 'cosine' } as const;

function packed(name: Name, setting: Setting): Promise<Graph> {
  return setting.model(`${name}_packed`, async () => {
    const options = { ...aware, clusters, ...setting.training(`${name}, pruned, int8, clustered`) };
    return (await quantizeAware(await pruned(name, setting), setting.train, options)).graph;
  });
}

async function pack(name: Name, setting: Setting): Promise<Figures> {
  const [dense, graph] = [await baseline(name, setting), await packed(name, setting)];
  const bytes = (g: Graph, packWeights: boolean) =>
    compile(g, defaultTarget, { packWeights }).sources.weightsBytes;
  return {
    ...(await denseAccuracy(name, setting)),
    accuracy: await accuracyOf(graph, setting),
    floatBytes: bytes(dense, false),
    int8Bytes: bytes(graph, false),
    packedBytes: bytes(graph, true),
    device: {
      before: await onDevice(inInt8(dense, setting)),
      after: await onDevice(graph, { packWeights: true }),
    },
  };
}

export const magnitudePruning: readonly Experiment[] = (['lenet_300_100', 'lenet_5'] as const).map(
  (name) => ({
    name: `${name}_pruned`,
    run: (setting) => prune(name, setting),
  }),
);

export const packing: Experiment = {
  name: 'lenet_300_100_packed',
  run: (setting) => pack('lenet_300_100', setting),
};
