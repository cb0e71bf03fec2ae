/** How far a kernel's writes run ahead of its reads: what the planner needs to lay an output over its input. */
import type { Image } from '../src/ops/convolution.js';
import { type SlidingWindow, tapsInside } from '../src/ops/sliding_window.js';

/**
 * For a kernel that writes output elements 0, 1, 2, … each after its own reads. While element i is computed,
 * elements 0 … i − 1 are there and the input is still read from `min over j ≥ i of firstRead(j)` on: the former
 * have to end where the latter begins.
 *
 * @param outputs number of output elements
 * @param elementBytes bytes of an element, the same in input and output
 * @param firstRead lowest input element read for output element i; Infinity when it reads none
 * @returns bytes by which the output has to start before the input
 */
export function leadOf(outputs: number, elementBytes: number, firstRead: (i: number) => number): number {
  let lead = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = outputs - 1; i >= 0; i--) {
    lowest = Math.min(lowest, firstRead(i));
    lead = Math.max(lead, i - lowest);
  }
  return lead * elementBytes;
}

/** One stretch of a kernel's work: it reads all that it needs, then it writes. Elements from the tensors' starts. */
export interface Stretch {
  /** The lowest element read; Infinity when none is. */
  readonly firstRead: number;
  /** One past the highest element written. */
  readonly writeEnd: number;
}

/** How far the writes of a stretch run ahead of the reads of all later ones, elements of the same size in both. */
export function leadOfStretches(stretches: readonly Stretch[]): number {
  let lead = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = stretches.length - 1; i >= 0; i--) {
    lead = Math.max(lead, stretches[i]!.writeEnd - lowest);
    lowest = Math.min(lowest, stretches[i]!.firstRead);
  }
  return lead;
}

/** Input channels that one output channel sees, and output channels that see the same ones. */
export interface Grouping {
  readonly filterChannels: number;
  readonly groupOutputs: number;
}

interface WindowedImages extends SlidingWindow {
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
}

/** For an output pixel, counted over the batch: the first input pixel of its window; Infinity when it has none. */
export function firstPixelRead(w: WindowedImages): (pixel: number) => number {
  const { input, output } = w;
  const { rows, columns } = tapsInside(w);
  const dilation = w.dilation ?? { height: 1, width: 1 };
  return (pixel) => {
    const x = pixel % output.width;
    const y = ((pixel - x) / output.width) % output.height;
    const batch = Math.floor(pixel / (output.width * output.height));
    const [ky, kx] = [rows.begin[y]!, columns.begin[x]!];
    if (ky >= rows.end[y]! || kx >= columns.end[x]!) return Number.POSITIVE_INFINITY;
    const row = batch * input.height + rows.origin[y]! + ky * dilation.height;
    return row * input.width + columns.origin[x]! + kx * dilation.width;
  };
}

/**
 * Tile after tile of output pixels: the windows of its pixels are read, then all their channels written.
 * @param tiles pixels of each
 */
export function tileStretches(w: WindowedImages, tiles: readonly number[]): Stretch[] {
  const firstRead = firstPixelRead(w);
  const list: Stretch[] = [];
  let start = 0;
  for (const count of tiles) {
    const end = start + count;
    let first = Number.POSITIVE_INFINITY;
    for (let pixel = start; pixel < end; pixel++) first = Math.min(first, firstRead(pixel));
    list.push({ firstRead: first * w.input.channels, writeEnd: end * w.output.channels });
    start = end;
  }
  return list;
}

/** Tiles of as many pixels, the last of what is left. */
export function evenTiles({ batch, output }: WindowedImages, tile: number): number[] {
  const pixels = batch * output.height * output.width;
  return Array.from({ length: Math.ceil(pixels / tile) }, (_, i) => Math.min(tile, pixels - i * tile));
}

/** `leadOf` where outputs are written by batch, row, column, channel, each after it has read its window. */
export function windowLead(w: WindowedImages, elementBytes: number, grouping: Grouping): number {
  const { input, output } = w;
  const pixelRead = firstPixelRead(w);
  const outputs = w.batch * output.height * output.width * output.channels;
  return leadOf(outputs, elementBytes, (i) => {
    const channel = i % output.channels;
    const group = Math.floor(channel / grouping.groupOutputs);
    return pixelRead((i - channel) / output.channels) * input.channels + group * grouping.filterChannels;
  });
}
