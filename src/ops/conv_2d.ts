/**
 * CONV_2D: weights OHWI, per-tensor or per output channel; grouped when the filter is thinner than the input.
 * TFLM: kernels/conv.cc, reference/integer_ops/conv.h, reference/conv.h.
 */
import type { TensorData } from '../graph/graph.js';
import type { FusedActivation, Range } from '../numerics/activation_range.js';
import type { Padding } from '../numerics/padding.js';
import type { Accumulator, Extent, Image } from './convolution.js';

export interface Conv2dAttributes {
  readonly padding: Padding;
  readonly stride: Extent;
  readonly dilation: Extent;
  readonly activation: FusedActivation;
  /** Only for int16 without bias: int32 asks for the 32-bit accumulator. */
  readonly quantizedBiasType?: 'int32' | 'int64' | 'float32';
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    CONV_2D: Conv2dAttributes;
  }
}

/** Everything a convolution kernel needs, all known at compile time. */
export interface Conv2dParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  /** `channels` is input.channels / groups. */
  readonly filter: Image;
  readonly groups: number;
  readonly stride: Extent;
  readonly dilation: Extent;
  /** Rows and columns of padding before the first; what follows is implied. */
  readonly padding: { readonly top: number; readonly left: number };
  /** −(input zero point), added to each input value; 0 for int16 and float32. */
  readonly inputOffset: number;
  /** Output zero point, added after requantization; 0 for int16 and float32. */
  readonly outputOffset: number;
  /** One for each output channel, also when the model is quantized per tensor; empty for float32. */
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  /** Clamp of the output in quantized values (for float32: in real values). */
  readonly activation: Range;
  /** [output channel][row][column][filter channel]; int4 unpacked to int8. */
  readonly weights: TensorData;
  readonly weightsDtype: 'int4' | 'int8' | 'float32';
  /** One for each output channel: Int32Array, BigInt64Array (int16 only), Float32Array. */
  readonly bias?: TensorData;
  /** Which accumulator TFLM uses, and with it which MultiplyByQuantizedMultiplier. */
  readonly accumulator: Accumulator;
}
