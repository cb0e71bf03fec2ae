/** The dense float networks that everything is held against. */
import type { Graph } from '../../src/graph/graph.js';
import type { TrainOptions } from '../../src/train/options.js';
import { train } from '../../src/train/train.js';
import { lenet5, lenet300100, mlp784128 } from './networks.js';
import { accuracyOf, type Setting } from './setting.js';

type Training = Pick<TrainOptions, 'epochs' | 'batchSize' | 'learningRate' | 'schedule' | 'weightDecay'>;

const lenet300100Training: Training = {
  epochs: 20,
  batchSize: 128,
  learningRate: 3e-3,
  schedule: 'cosine',
  weightDecay: 0.3,
};

/** Until the loss on the training digits is next to nothing: more epochs do not make them better. */
const baselines = {
  lenet_300_100: { network: lenet300100, training: lenet300100Training },
  lenet_5: {
    network: lenet5,
    training: { epochs: 5, batchSize: 64, learningRate: 1.5e-3, schedule: 'cosine' },
  },
  mlp_784_128_10: {
    network: mlp784128,
    training: { epochs: 20, batchSize: 64, learningRate: 1e-3, schedule: 'cosine' },
  },
} as const satisfies Record<string, { network: (seed: number) => Graph; training: Training }>;

export type BaselineName = keyof typeof baselines;

export function baseline(name: BaselineName, setting: Setting): Promise<Graph> {
  const { network, training } = baselines[name];
  return setting.model(name, async () => {
    const options = { ...training, ...setting.training(`${name}, dense`) };
    return (await train(network(setting.seed), setting.train, options)).graph;
  });
}

/** How a network is trained while it is compressed, or after. */
export const finetuning = {
  lenet_300_100: lenet300100Training,
  lenet_5: { epochs: 4, batchSize: 64, learningRate: 1e-3, schedule: 'cosine' },
} as const satisfies Partial<Record<BaselineName, Training>>;

/**
 * What a compressed network has to reach: the dense one, or the dense one trained on for as long as the compressed one is,
 * whichever is better.
 */
export async function denseAccuracy(
  name: keyof typeof finetuning,
  setting: Setting,
): Promise<{ readonly dense: number; readonly denseTrainedOn: number }> {
  const dense = await baseline(name, setting);
  const longer = await setting.model(`${name}_trained_on`, async () => {
    const options = { ...finetuning[name], ...setting.training(`${name}, dense, trained on`) };
    return (await train(dense, setting.train, options)).graph;
  });
  return { dense: await accuracyOf(dense, setting), denseTrainedOn: await accuracyOf(longer, setting) };
}
