/** What CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED share. */

export interface Extent {
  readonly height: number;
  readonly width: number;
}

export interface Image extends Extent {
  readonly channels: number;
}

/**
 * int32 requantizes by the double-rounding MultiplyByQuantizedMultiplier, int64 by the overload with the 16-bit
 * multiplier (int16 activations whose bias is int64 or absent).
 */
export type Accumulator = 'int32' | 'int64' | 'float32';
