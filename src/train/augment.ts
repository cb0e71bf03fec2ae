/**
 * Samples changed at random each time they are trained on: images moved by a few pixels, noise on every value. What is drawn
 * depends on the seed and the step alone, so that a resumed training sees the same.
 */
import { type Diagnostic, error } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph, Shape } from '../graph/graph.js';
import { imageOf } from '../ops/convolution.js';
import type { Batch } from './batches.js';
import { seededRandom } from './random.js';

export interface Augment {
  /** An image moves by so many pixels at most, up or down and left or right; its edges are drawn out to fill the gap. */
  readonly shift?: number;
  /** Standard deviation of Gaussian noise, in the inputs' own unit. */
  readonly noise?: number;
  /** Rows, columns, channels of inputs that are images laid flat. */
  readonly image?: readonly [number, number, number];
}

interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The images among the inputs of a graph; undefined for what is none. */
export function imagesOf(graph: Graph, flat: Augment['image']): (Image | undefined)[] {
  return graph.inputs.map((t) => {
    const image = imageOf(graph.tensors[t]!);
    if (image) return image;
    if (!flat || elementCount(flat) !== elementCount(graph.tensors[t]!.shape)) return undefined;
    const [height, width, channels] = flat;
    return { height, width, channels };
  });
}

/** @param step steps taken before @returns the batch with inputs of its own */
export function augmented(graph: Graph, batch: Batch, augment: Augment, seed: number, step: number): Batch {
  const { shift = 0, noise = 0 } = augment;
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(step + 1, 0xc2b2ae35));
  const inputs = batch.inputs.map((values) => values.slice());
  const images = imagesOf(graph, augment.image);
  if (shift > 0) {
    for (let i = 0; i < batch.count; i++) {
      const [down, right] = [draw(shift, random), draw(shift, random)];
      inputs.forEach((values, k) => {
        const size = values.length / batch.count;
        const [from, to] = [batch.inputs[k]!, values].map((all) => all.subarray(i * size, (i + 1) * size));
        if (images[k]) move(from!, to!, images[k], down, right);
      });
    }
  }
  if (noise > 0) for (const values of inputs) addNoise(values, noise, random);
  return { ...batch, inputs };
}

/** A whole number in −most … most. */
function draw(most: number, random: () => number): number {
  return Math.floor(random() * (2 * most + 1)) - most;
}

/** Images back to back. */
function move(from: Float32Array, to: Float32Array, image: Image, down: number, right: number): void {
  const { height, width, channels } = image;
  const within = (i: number, n: number) => Math.min(n - 1, Math.max(0, i));
  const size = height * width * channels;
  for (let start = 0; start < from.length; start += size) {
    for (let y = 0; y < height; y++) {
      const row = start + within(y - down, height) * width * channels;
      for (let x = 0; x < width; x++) {
        const pixel = row + within(x - right, width) * channels;
        to.set(from.subarray(pixel, pixel + channels), start + (y * width + x) * channels);
      }
    }
  }
}

/** Two values from two numbers (Box and Muller 1958). */
function addNoise(values: Float32Array, deviation: number, random: () => number): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i]! += radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1]! += radius * Math.sin(angle);
  }
}

export function checkAugment(graph: Graph, { shift = 0, noise = 0, image }: Augment): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const problem = (message: string, hint: string) => problems.push(error('train-option', message, hint));
  if (!(noise >= 0 && noise < Infinity)) problem(`the noise is ${noise}`, 'Give a number from 0 up.');
  if (!(Number.isInteger(shift) && shift >= 0)) {
    problem(`the shift is ${shift}`, 'Give a whole number of pixels.');
  } else if (shift > 0) {
    const images = imagesOf(graph, image).filter((found) => found !== undefined);
    const small = images.find(({ height, width }) => shift >= Math.min(height, width));
    if (images.length === 0) {
      const message = `${graph.name} reads ${graph.inputs.map((t) => described(graph.tensors[t]!.shape)).join(' and ')}, which cannot be shifted`;
      problem(message, 'Shift images: an input of shape [1, rows, columns, channels].');
    } else if (small) {
      const message = `a shift of ${shift} pixels moves images of ${small.height} × ${small.width} out of sight`;
      problem(message, 'Shift by less: 1 or 2 pixels in small images.');
    }
  }
  return problems;
}

function described(shape: Shape): string {
  return `[${shape}]`;
}
