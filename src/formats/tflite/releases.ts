/** The TensorFlow release in which each operator version came, as TFLite's runtime_version.cc lists them. */
import type { FormattedOpType } from './ops.js';

/** By operator version, the first one first. */
const releases: Readonly<Record<FormattedOpType, readonly string[]>> = {
  ADD: ['1.5.0', '1.14.0', '2.4.0', '2.6.0'],
  AVERAGE_POOL_2D: ['1.5.0', '1.14.0', '2.3.0'],
  CONCATENATION: ['1.5.0', '1.14.0', '2.3.0'],
  CONV_2D: ['1.5.0', '1.14.0', '1.14.0', '2.3.0', '2.4.0', '2.9.0', '2.11.0', '2.15.0'],
  DEPTHWISE_CONV_2D: ['1.5.0', '1.12.0', '1.14.0', '2.2.0', '2.3.0', '2.3.0', '2.11.0'],
  DEQUANTIZE: ['1.13.1', '1.14.0', '1.15.0', '2.2.0', '2.7.0', '2.18.0'],
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
  MAX_POOL_2D: ['1.5.0', '1.14.0', '2.3.0'],
  MEAN: ['1.6.0', '1.14.0', '2.4.0'],
  MUL: ['1.5.0', '1.14.0', '1.15.0', '2.3.0', '2.6.0', '2.11.0', '2.13.0'],
  PAD: ['1.5.0', '1.14.0', '2.4.0', '2.6.0'],
  QUANTIZE: ['1.14.0', '1.15.0'],
  RELU: ['1.5.0', '2.1.0', '2.5.0'],
  RELU6: ['1.5.0', '1.14.0', '2.5.0'],
  RESHAPE: ['1.5.0'],
  SOFTMAX: ['1.5.0', '1.14.0', '2.3.0'],
  SUB: ['1.6.0', '1.14.0', '2.3.0', '2.4.0', '2.4.0'],
};

/** The first release that runs all of these: what `min_runtime_version` in a model's metadata says. */
export function releaseOf(
  used: readonly { readonly type: FormattedOpType; readonly version: number }[],
): string {
  const rank = (release: string) => release.split('.').reduce((n, part) => n * 1000 + Number(part), 0);
  const needed = used.map(({ type, version }) => releases[type][version - 1] ?? '1.5.0');
  return needed.reduce((a, b) => (rank(b) > rank(a) ? b : a), '1.5.0');
}
