/** Sliding windows along one axis. tensorflow/lite/kernels/padding.h. */

export type Padding = 'SAME' | 'VALID';

/** Rows and columns around an image, where neither SAME nor VALID says them. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Elements that a dilated filter spans. */
export function computeEffectiveFilterSize(filterSize: number, dilation: number): number {
  return (filterSize - 1) * dilation + 1;
}

/** Number of window positions; 0 or less when the filter does not fit (VALID). */
export function computeOutSize(
  padding: Padding,
  imageSize: number,
  filterSize: number,
  stride: number,
  dilation = 1,
): number {
  return padding === 'SAME'
    ? Math.ceil(imageSize / stride)
    : Math.trunc((imageSize + stride - computeEffectiveFilterSize(filterSize, dilation)) / stride);
}

/** Elements of padding before the first; an odd one more stands at the end. */
export function computePadding(
  stride: number,
  dilation: number,
  inSize: number,
  filterSize: number,
  outSize: number,
): number {
  const total = (outSize - 1) * stride + computeEffectiveFilterSize(filterSize, dilation) - inSize;
  return Math.max(0, Math.trunc(total / 2));
}
