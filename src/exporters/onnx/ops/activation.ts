/** Fused activations as nodes. Those that TFLM's kernels pass over are none here either. */
import type { Tensor } from '../../../graph/graph.js';
import {
  calculateActivationRange,
  type FusedActivation,
  float32Max,
} from '../../../numerics/activation_range.js';
import type { Exporter } from '../exporter.js';
import { absent, type Value } from '../model_writer.js';

/** @param output whose type is computed with */
export function activated(x: Exporter, value: Value, activation: FusedActivation, output: Tensor): Value {
  const { min, max } = calculateActivationRange(activation);
  if (max === float32Max) {
    if (min !== 0) return value;
    return output.dtype === 'int32' ? clipped(x, value, output, 0) : x.node('Relu', [value]);
  }
  return clipped(x, value, output, min, max);
}

export function clipped(x: Exporter, value: Value, like: Tensor, min: number, max?: number): Value {
  const bounds = [min, max].map((bound) => (bound === undefined ? absent : x.scalarLike(like, bound)));
  return x.node('Clip', [value, ...bounds.slice(0, max === undefined ? 1 : 2)]);
}
