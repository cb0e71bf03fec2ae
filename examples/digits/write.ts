/** The files of this folder: the folded model, calibration and test data, and what was measured. */
import { fileURLToPath } from 'node:url';
import { formatNpz, readSamples } from '../../src/data/index.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { replaceFile } from '../../src/files.js';
import { elementCount } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { macsOf } from '../../src/ops/registry.js';
import { foldActivation } from '../../src/passes/fold_activation.js';
import { foldBatchNorm } from '../../src/passes/fold_batch_norm.js';
import { removeUnusedTensors } from '../../src/passes/remove_unused_tensors.js';
import { type Digits, side } from './digits.js';

/** Training digits that calibrate the quantizer. */
const calibrationCount = 300;

/**
 * @param graph as trained, batch normalization apart
 * @param trainedAccuracy on the test digits, as TensorFlow.js has it
 */
export function writeExample(graph: Graph, train: Digits, test: Digits, trainedAccuracy: number): void {
  const folded = removeUnusedTensors(foldActivation(foldBatchNorm(graph)));
  const model = exportTflite(folded, {
    description: 'MNIST digits, trained by examples/digits/train.ts of crimp',
  });
  const testFile = npz(test);
  const accuracy = accuracyOf(model, testFile);
  if (Math.abs(accuracy - trainedAccuracy) > 2 / test.count) {
    throw new Error(`the exported model answers differently: ${accuracy} instead of ${trainedAccuracy}`);
  }
  const metrics = {
    accuracy,
    testDigits: test.count,
    trainingDigits: train.count,
    parameters: folded.tensors.reduce(
      (n, t) => n + (t.data instanceof Float32Array ? elementCount(t.shape) : 0),
      0,
    ),
    macs: folded.ops.reduce((n, op) => n + macsOf(op, folded), 0),
  };
  write('digits.tflite', model);
  write('test.npz', testFile);
  write('calibration.npz', npz(first(train, calibrationCount)));
  write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
  console.log(metrics);
}

function write(name: string, data: Uint8Array | string): void {
  replaceFile(fileURLToPath(new URL(name, import.meta.url)), data);
}

function accuracyOf(model: Uint8Array, data: Uint8Array): number {
  const graph = importModel(model, { name: 'digits' });
  return simulateSamples(graph, readSamples(data, graph)).accuracy!;
}

function first({ x, y, count }: Digits, n: number): Digits {
  return { count: n, x: x.subarray(0, (n * x.length) / count), y: y.subarray(0, n) };
}

function npz({ count, x, y }: Digits): Uint8Array {
  return formatNpz([
    ['x', { values: x, shape: [count, side, side, 1] }],
    ['y', { values: Uint8Array.from(y), shape: [count] }],
  ]);
}
