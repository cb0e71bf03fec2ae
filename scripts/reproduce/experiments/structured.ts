/** Structured pruning: whole filters and neurons of LeNet-5 by their L1 norm, until half of its MACs are gone. */
import { macsOfGraph } from '../../../src/compress/prune/cost.js';
import { pruneInRounds } from '../../../src/compress/prune/prune_in_rounds.js';
import { baseline, denseAccuracy, finetuning } from '../baselines.js';
import { savedOnDevice } from '../device.js';
import { accuracyOf, type Experiment } from '../setting.js';

const goal = { metric: 'macs', share: 0.5 } as const;
const rounds = 2;
/** Half of the epochs each. */
const training = { ...finetuning.lenet_5, epochs: finetuning.lenet_5.epochs / rounds };

export const structuredPruning: Experiment = {
  name: 'lenet_5_structured',
  async run(setting) {
    const dense = await baseline('lenet_5', setting);
    const graph = await setting.model('lenet_5_structured', async () => {
      const shown = (round: number) =>
        setting.training(`lenet_5, channels pruned, round ${round} of ${rounds}`);
      const pruned = await pruneInRounds(dense, setting.train, {
        ...{ goal, rounds, importance: 'l1' },
        training: (round) => ({ ...training, ...shown(round) }),
      });
      return pruned.graph;
    });
    return {
      ...(await denseAccuracy('lenet_5', setting)),
      accuracy: await accuracyOf(graph, setting),
      macs: macsOfGraph(dense),
      macsLeft: macsOfGraph(graph),
      device: await savedOnDevice(dense, graph, setting),
    };
  },
};
