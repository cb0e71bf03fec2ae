/** Weights, biases and scales for random single-op graphs of the convolution family. */
import fc from 'fast-check';
import { elementCount } from '../../../src/graph/access.js';
import { type GraphBuilder, perChannel, perTensor, type TensorIndex } from '../../../src/graph/build.js';
import type { DType, Quantization, Shape } from '../../../src/graph/graph.js';
import { type FusedActivation, fusedActivations } from '../../../src/numerics/activation_range.js';
import { type Random, randomData } from '../random.js';

/** Activation and weight dtypes, and the bias's; `none` without one. */
export interface Kind {
  readonly input: 'int8' | 'int16' | 'float32';
  readonly weights: 'int4' | 'int8' | 'float32';
  readonly bias: 'int32' | 'int64' | 'float32' | 'none';
  /** Of int16 without bias. */
  readonly quantizedBiasType?: 'int32';
}

export const kinds: readonly Kind[] = [
  { input: 'int8', weights: 'int8', bias: 'int32' },
  { input: 'int8', weights: 'int8', bias: 'none' },
  { input: 'int8', weights: 'int4', bias: 'int32' },
  { input: 'int16', weights: 'int8', bias: 'int64' },
  { input: 'int16', weights: 'int8', bias: 'int32' },
  { input: 'int16', weights: 'int8', bias: 'none' },
  { input: 'int16', weights: 'int8', bias: 'none', quantizedBiasType: 'int32' },
  { input: 'float32', weights: 'float32', bias: 'float32' },
  { input: 'float32', weights: 'float32', bias: 'none' },
];

export const activation: fc.Arbitrary<FusedActivation> = fc.constantFrom(...fusedActivations);
export const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/**
 * Sums spread over the output's range for most draws, saturate or vanish for some; a few multipliers are the
 * largest there are, which the 64-bit requantization treats apart.
 */
function realMultiplier(kind: Kind, taps: number, rng: Random): number {
  const [inputDeviation, outputDeviation] = kind.input === 'int16' ? [19000, 12000] : [74, 50];
  const sum = Math.sqrt(taps) * inputDeviation * (kind.weights === 'int4' ? 4.6 : 74);
  if (rng.next() < 0.05) return 2 ** Math.round(Math.log2(outputDeviation / sum)) * (1 - 2 ** -18);
  const real = (outputDeviation / sum) * 2 ** (rng.next() < 0.1 ? rng.int(-16, 14) : rng.int(-2, 2));
  // The 64-bit requantization is defined up to a shift of 7.
  return kind.input === 'int16' ? Math.min(real, 100) : real;
}

/**
 * Adds weights and bias to the graph. @returns their indices, and the quantization of input and output, which
 * with the weights' scales give multipliers of a useful size.
 */
export function addWeights(
  builder: GraphBuilder,
  kind: Kind,
  rng: Random,
  options: {
    readonly shape: Shape;
    readonly channels: number;
    readonly axis: number;
    readonly taps: number;
    readonly perChannel: boolean;
  },
): {
  readonly inputs: TensorIndex[];
  readonly input?: Quantization;
  readonly output?: Quantization;
} {
  const { shape, channels, axis, taps } = options;
  const spread = (dtype: DType, n: number) => randomData(dtype, n, rng, ...(dtype === 'int8' ? [-127] : []));
  const data = spread(kind.weights, elementCount(shape));
  if (kind.input === 'float32') {
    const weights = builder.constant('weights', { dtype: 'float32', shape, data });
    const bias = { dtype: 'float32', shape: [channels], data: randomData('float32', channels, rng) } as const;
    return { inputs: kind.bias === 'none' ? [weights] : [weights, builder.constant('bias', bias)] };
  }
  const zeroPoint = () => (kind.input === 'int8' ? rng.int(-128, 127) : 0);
  const input = perTensor(2 ** (rng.next() * 12 - 10), zeroPoint());
  const output = perTensor(2 ** (rng.next() * 12 - 10), zeroPoint());
  const scales = new Float32Array(options.perChannel ? channels : 1);
  for (let c = 0; c < scales.length; c++) {
    scales[c] = (realMultiplier(kind, taps, rng) * output.scale[0]!) / input.scale[0]!;
  }
  const quantization = perChannel(scales, axis);
  const inputs = [builder.constant('weights', { dtype: kind.weights, shape, data, quantization })];
  if (kind.bias !== 'none') {
    // Half of them small; the others reach the ends of the type, where 32-bit sums wrap.
    const limit = rng.next() < 0.5 ? 2 ** 12 : kind.bias === 'int64' ? 2 ** 40 : 2 ** 31 - 1;
    inputs.push(
      builder.constant('bias', {
        dtype: kind.bias,
        shape: [channels],
        data: randomData(kind.bias, channels, rng, -limit, limit),
        quantization: perChannel(
          scales.map((s) => s * input.scale[0]!),
          0,
        ),
      }),
    );
  }
  return { inputs, input, output };
}
