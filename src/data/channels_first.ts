/** Samples as PyTorch has them, [C, H, W], for inputs that have the channels last. */
import type { Shape } from '../graph/graph.js';
import type { FileValues } from './file_array.js';

/** What a sample of the input is in a data file: [N, H, W, C] → [N, C, H, W]. */
export function channelsFirstShape(shape: Shape): Shape {
  return [...shape.slice(0, 1), ...shape.slice(-1), ...shape.slice(1, -1)];
}

/** @param values whole samples of `channelsFirstShape(shape)` @returns the same in `shape` */
export function channelsToEnd<T extends FileValues>(values: T, shape: Shape): T {
  const [batch = 1, channels] = [shape[0], shape.at(-1) ?? 1];
  const pixels = shape.slice(1, -1).reduce((n, d) => n * d, 1);
  const moved = values.slice() as T;
  const images = values.length / (channels * pixels);
  if (!Number.isInteger(images / batch)) throw new RangeError('values are no whole number of samples');
  for (let image = 0, to = 0; image < images; image++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++) moved[to++] = values[(image * channels + c) * pixels + pixel]!;
    }
  }
  return moved;
}
