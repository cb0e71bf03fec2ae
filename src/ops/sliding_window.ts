/** Which taps of a filter fall inside the image, for every output position. */
import type { Extent } from './convolution.js';

/** A filter that slides over an image. */
export interface SlidingWindow {
  readonly input: Extent;
  readonly output: Extent;
  readonly filter: Extent;
  readonly stride: Extent;
  /** 1 unless given. */
  readonly dilation?: Extent;
  /** Rows and columns before the first; what follows is implied. */
  readonly padding: { readonly top: number; readonly left: number };
}

/** Along one axis, by output position. */
export interface Taps {
  /** Input index of tap 0; negative in the padding. */
  readonly origin: Int32Array;
  /** First tap inside, and one past the last. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
}

export function tapsInside(w: SlidingWindow): { readonly rows: Taps; readonly columns: Taps } {
  return { rows: alongAxis(w, 'height', w.padding.top), columns: alongAxis(w, 'width', w.padding.left) };
}

function alongAxis(w: SlidingWindow, axis: keyof Extent, padding: number): Taps {
  const [size, filter, positions] = [w.input[axis], w.filter[axis], w.output[axis]];
  const dilation = w.dilation?.[axis] ?? 1;
  const [origin, begin, end] = [
    new Int32Array(positions),
    new Int32Array(positions),
    new Int32Array(positions),
  ];
  for (let o = 0; o < positions; o++) {
    const first = o * w.stride[axis] - padding;
    origin[o] = first;
    begin[o] = Math.min(filter, Math.max(0, Math.ceil(-first / dilation)));
    end[o] = Math.max(begin[o]!, Math.min(filter, Math.ceil((size - first) / dilation)));
  }
  return { origin, begin, end };
}
