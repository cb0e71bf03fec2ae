/** The TensorFlow release in which each operator version came, as TFLite's runtime_version.cc lists them. */
import type { FormattedOpType } from './ops.js';

/** By operator version, the first one first. */
const releases: Readonly<Record<FormattedOpType, readonly string[]>> = {
  ADD: ['1.5.0', '1.14.0', '2.4.0', '2.6.0'],
  AVERAGE_POOL_2D: ['1.5.0', '1.14.0', '2.3.0'],
  BATCH_TO_SPACE_ND: ['1.6.0', '1.14.0', '2.3.0', '2.12.0'],
  BROADCAST_TO: ['2.5.0', '2.5.0', '2.5.0'],
  CAST: ['1.5.0', '2.7.0', '2.8.0'],
  CONCATENATION: ['1.5.0', '1.14.0', '2.3.0'],
  CONV_2D: ['1.5.0', '1.14.0', '1.14.0', '2.3.0', '2.4.0', '2.9.0', '2.11.0', '2.15.0'],
  DEPTHWISE_CONV_2D: ['1.5.0', '1.12.0', '1.14.0', '2.2.0', '2.3.0', '2.3.0', '2.11.0'],
  DEPTH_TO_SPACE: ['2.1.0', '2.5.0'],
  DEQUANTIZE: ['1.13.1', '1.14.0', '1.15.0', '2.2.0', '2.7.0', '2.18.0'],
  EXPAND_DIMS: ['1.10.0'],
  FILL: ['1.13.0', '2.3.0', '2.5.0'],
  FULLY_CONNECTED: [
    '1.5.0',
    '1.10.0',
    '1.14.0',
    '1.14.0',
    '2.0.0',
    '2.1.0',
    '2.3.0',
    '2.3.0',
    '2.3.0',
    '2.11.0',
    '2.15.0',
    '2.17.0',
    '2.18.0',
  ],
  GATHER: ['1.6.0', '1.14.0', '1.15.0', '2.4.0', '2.5.0'],
  GATHER_ND: ['1.14.0', '2.3.0', '2.5.0', '2.13.0', '2.16.0'],
  MAX_POOL_2D: ['1.5.0', '1.14.0', '2.3.0'],
  MEAN: ['1.6.0', '1.14.0', '2.4.0'],
  MIRROR_PAD: ['1.13.1', '2.3.0', '2.12.0'],
  MUL: ['1.5.0', '1.14.0', '1.15.0', '2.3.0', '2.6.0', '2.11.0', '2.13.0'],
  PACK: ['1.11.0', '1.14.0', '2.3.0'],
  PAD: ['1.5.0', '1.14.0', '2.4.0', '2.6.0'],
  PADV2: ['1.9.0', '1.14.0', '2.4.0', '2.6.0'],
  QUANTIZE: ['1.14.0', '1.15.0'],
  RELU: ['1.5.0', '2.1.0', '2.5.0'],
  RELU6: ['1.5.0', '1.14.0', '2.5.0'],
  RESHAPE: ['1.5.0'],
  REVERSE_V2: ['1.14.0', '2.2.0', '2.5.0'],
  SHAPE: ['1.10.0'],
  SLICE: ['1.14.0', '1.14.0', '1.14.0', '2.4.0', '2.5.0'],
  SOFTMAX: ['1.5.0', '1.14.0', '2.3.0'],
  SPACE_TO_BATCH_ND: ['1.6.0', '1.14.0', '2.3.0', '2.12.0'],
  SPACE_TO_DEPTH: ['1.5.0', '1.14.0'],
  SPLIT: ['1.5.0', '1.14.0', '1.14.0', '2.3.0'],
  SPLIT_V: ['1.13.1', '2.3.0'],
  SQUEEZE: ['1.6.0', '2.5.0'],
  STRIDED_SLICE: ['1.6.0', '1.14.0', '2.1.0', '2.2.0', '2.5.0', '2.6.0', '2.14.0', '2.14.0'],
  SUB: ['1.6.0', '1.14.0', '2.3.0', '2.4.0', '2.4.0'],
  TILE: ['1.10.1', '2.2.0', '2.8.0'],
  TRANSPOSE: ['1.6.0', '1.14.0', '1.15.0', '2.3.0', '2.4.0', '2.12.0', '2.14.4', '2.22.0'],
  UNPACK: ['1.11.0', '1.14.0', '2.2.0', '2.3.0'],
  ZEROS_LIKE: ['1.12.0'],
};

/** The first release that runs all of these: what `min_runtime_version` in a model's metadata says. */
export function releaseOf(
  used: readonly { readonly type: FormattedOpType; readonly version: number }[],
): string {
  const rank = (release: string) => release.split('.').reduce((n, part) => n * 1000 + Number(part), 0);
  const needed = used.map(({ type, version }) => releases[type][version - 1] ?? '1.5.0');
  return needed.reduce((a, b) => (rank(b) > rank(a) ? b : a), '1.5.0');
}
