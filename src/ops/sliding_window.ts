/** Which taps of a filter fall inside the image, along one axis and for every output position. */
export interface Taps {
  /** Input index of tap 0; negative in the padding. */
  readonly origin: Int32Array;
  /** First tap inside, and one past the last. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
}

export function tapsInside(
  outSize: number,
  inSize: number,
  filterSize: number,
  stride: number,
  dilation: number,
  padding: number,
): Taps {
  const [origin, begin, end] = [new Int32Array(outSize), new Int32Array(outSize), new Int32Array(outSize)];
  for (let o = 0; o < outSize; o++) {
    const first = o * stride - padding;
    origin[o] = first;
    begin[o] = Math.min(filterSize, Math.max(0, Math.ceil(-first / dilation)));
    end[o] = Math.max(begin[o]!, Math.min(filterSize, Math.ceil((inSize - first) / dilation)));
  }
  return { origin, begin, end };
}
