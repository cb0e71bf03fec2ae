/**
 * FULLY_CONNECTED: weights [output][input], per-tensor or per output. TFLM: kernels/fully_connected.cc,
 * reference/integer_ops/fully_connected.h, reference/fully_connected.h.
 */
import type { TensorData } from '../graph/graph.js';
import type { FusedActivation, Range } from '../numerics/activation_range.js';
import type { Accumulator } from './convolution.js';

export interface FullyConnectedAttributes {
  readonly activation: FusedActivation;
  /** The output keeps the input's leading dimensions; else it is [batch, outputs]. */
  readonly keepNumDims: boolean;
  readonly weightsFormat: 'DEFAULT' | 'SHUFFLED4x16INT8';
  /** Only for int16 without bias: int32 asks for the 32-bit accumulator. */
  readonly quantizedBiasType?: 'int32' | 'int64' | 'float32';
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    FULLY_CONNECTED: FullyConnectedAttributes;
  }
}

/** Everything a fully connected kernel needs, all known at compile time. */
export interface FullyConnectedParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  /** Rows of the input: [batch][inputs] → [batch][outputs]. */
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  /** −(input zero point), added to each input value; 0 for float32. */
  readonly inputOffset: number;
  /** Output zero point, added after requantization; 0 for float32. */
  readonly outputOffset: number;
  /** One for each output when perChannel, else one element; empty for float32. */
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  readonly perChannel: boolean;
  /** Clamp of the output in quantized values (for float32: in real values). */
  readonly activation: Range;
  /** [output][input]; int4 unpacked to int8. */
  readonly weights: TensorData;
  readonly weightsDtype: 'int4' | 'int8' | 'float32';
  /** One for each output: Int32Array, BigInt64Array (int16 only), Float32Array. */
  readonly bias?: TensorData;
  readonly accumulator: Accumulator;
}
