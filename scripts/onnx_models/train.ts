/** Trains the five networks and writes their weights: `npx tsx scripts/onnx_models/train.ts [name …]`, a few minutes. */
import { fileURLToPath } from 'node:url';
import { formatNpz } from '../../src/data/index.js';
import { replaceFile } from '../../src/files.js';
import type { TrainOptions } from '../../src/train/options.js';
import { fit } from './fit.js';
import { torchModels, weightsFile } from './models.js';

const training = { batchSize: 32, learningRate: 0.005, schedule: 'cosine', seed: 1 } as const;

const options: Readonly<Record<string, TrainOptions>> = {
  cnn: { epochs: 8, batchNorm: 'batch' },
  separable: { epochs: 20, batchNorm: 'batch', learningRate: 0.01 },
  keywords: { epochs: 12, batchNorm: 'batch' },
  mlp: { epochs: 40 },
  lstm: { epochs: 24, learningRate: 0.01 },
};

for (const { network, data } of torchModels) {
  if (process.argv.length > 2 && !process.argv.includes(network.name)) continue;
  const onProgress = ({
    step,
    steps,
    accuracy,
  }: {
    step: number;
    steps: number;
    accuracy: number | null;
  }) => {
    if (step % 50 === 0) console.log(`${network.name}: ${step} of ${steps} steps, accuracy ${accuracy}`);
  };
  const own = { ...training, ...options[network.name], onProgress };
  const parameters = await fit(network, data().train, own);
  const arrays = [...parameters].map(([name, values]) => [name, { values, shape: [values.length] }] as const);
  replaceFile(fileURLToPath(weightsFile(network)), formatNpz(arrays));
}
