/**
 * Trains the digits network and writes everything else in this folder: `npx tsx examples/digits/train.ts [epochs]`.
 * All seeds are fixed and WebAssembly is deterministic: a rerun gives the same files.
 */
import * as tf from '@tensorflow/tfjs';
import { seededRandom, shuffled } from '../../src/train/random.js';
import { loadTensorflow } from '../../src/train/tensorflow.js';
import { type Digits, pick, pixels, side, splitDigits } from './digits.js';
import { graphOf } from './model.js';
import { createNetwork, logits, type Network, trainable } from './network.js';
import { writeExample } from './write.js';

const epochs = Number(process.argv[2] ?? 30);
const batchSize = 64;
const peakLearningRate = 0.1;
const weightDecay = 1e-4;
/** Training digits are moved by up to this many pixels each way. */
const maxShift = 2;

await loadTensorflow('wasm');
const { train, test } = splitDigits();
const net = createNetwork();
trainNetwork(net, train, seededRandom(2));
writeExample(graphOf(net), train, test, accuracyOn(net, test));

function trainNetwork(net: Network, digits: Digits, random: () => number): void {
  const optimizer = tf.train.momentum(peakLearningRate, 0.9, true);
  const batches = Math.floor(digits.count / batchSize);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(digits.count, random);
    let total = 0;
    for (let b = 0; b < batches; b++) {
      // Half a cosine from the peak to nothing.
      const progress = (epoch * batches + b) / (epochs * batches);
      optimizer.setLearningRate((peakLearningRate * (1 + Math.cos(Math.PI * progress))) / 2);
      const batch = pick(digits, order.subarray(b * batchSize, (b + 1) * batchSize));
      total += tf.tidy(() => optimizer.minimize(() => loss(net, batch, random), true)!.dataSync()[0]!);
    }
    console.log(`epoch ${epoch + 1}/${epochs}: loss ${(total / batches).toFixed(4)}`);
  }
}

function loss(net: Network, batch: Digits, random: () => number): tf.Scalar {
  const x = tf.tensor4d(moved(batch, random), [batch.count, side, side, 1]);
  const labels = tf.oneHot(tf.tensor1d(batch.y, 'int32'), 10);
  const entropy = tf.losses.softmaxCrossEntropy(labels, logits(net, x, true));
  const decay = tf.addN(trainable(net).map((w) => tf.sum(tf.square(w))));
  return tf.add(entropy, tf.mul(weightDecay, decay)) as tf.Scalar;
}

/** Pixels in 0…1, each digit moved by its own random distance. */
function moved(batch: Digits, random: () => number): Float32Array {
  const x = new Float32Array(batch.count * pixels);
  const shift = () => Math.floor(random() * (2 * maxShift + 1)) - maxShift;
  for (let i = 0; i < batch.count; i++) {
    const [down, right] = [shift(), shift()];
    for (let row = Math.max(0, down); row < Math.min(side, side + down); row++) {
      for (let column = Math.max(0, right); column < Math.min(side, side + right); column++) {
        const from = i * pixels + (row - down) * side + (column - right);
        x[i * pixels + row * side + column] = batch.x[from]! / 255;
      }
    }
  }
  return x;
}

function accuracyOn(net: Network, digits: Digits): number {
  let right = 0;
  for (let start = 0; start < digits.count; start += 500) {
    const end = Math.min(start + 500, digits.count);
    const x = Float32Array.from(digits.x.subarray(start * pixels, end * pixels), (v) => v / 255);
    const images = tf.tensor4d(x, [end - start, side, side, 1]);
    const answers = tf.tidy(() => tf.argMax(logits(net, images, false), 1).dataSync());
    right += answers.filter((answer, i) => answer === digits.y[start + i]).length;
  }
  return right / digits.count;
}
