/** CONV_2D. Seam for the kernels: what a convolution is once every parameter is known. */
import type { TensorData } from '../graph/graph.js';

/** Everything a convolution kernel needs, all known at compile time. CONV_2D with groups; DEPTHWISE has its own. */
export interface Conv2dParameters {
  readonly dtype: 'int8' | 'int16' | 'float32';
  readonly batch: number;
  readonly input: { readonly height: number; readonly width: number; readonly channels: number };
  readonly output: { readonly height: number; readonly width: number; readonly channels: number };
  /** `channels` is input.channels / groups. */
  readonly filter: { readonly height: number; readonly width: number; readonly channels: number };
  readonly groups: number;
  readonly stride: { readonly height: number; readonly width: number };
  readonly dilation: { readonly height: number; readonly width: number };
  /** Rows and columns of padding before the first; what follows is implied. */
  readonly padding: { readonly top: number; readonly left: number };
  /** −(input zero point), added to each input value. */
  readonly inputOffset: number;
  /** Output zero point, added after requantization. */
  readonly outputOffset: number;
  /** One for each output channel, also when the model is quantized per tensor. */
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  /** Clamp of the output in quantized values (for float32: in real values). */
  readonly activation: { readonly min: number; readonly max: number };
  /** [output channel][row][column][filter channel]; int4 unpacked to int8. */
  readonly weights: TensorData;
  readonly weightsDtype: 'int4' | 'int8' | 'float32';
  readonly bias?: TensorData;
}
