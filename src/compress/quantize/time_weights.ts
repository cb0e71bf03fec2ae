/**
 * SVDF's time weights: int16, multiplied with int16 state and summed in 32 bits. Where TFLite takes 10 bits of them and trusts that
 * they suffice, the scale here is the finest with which no sum can overflow.
 */
import { perTensor } from '../../graph/build.js';
import type { Tensor } from '../../graph/graph.js';
import { tfLiteRound } from '../../numerics/rounding.js';
import { smallestScale } from './parameters.js';
import { largestBias, type QuantizedWeights } from './weights.js';

const largest = 32767;
/** State may be −32768, and half of 32 bits is the bias's. */
const largestSum = 2 ** 30 / 32768;

/**
 * @param time [units · rank, memory]
 * @param bias [units]
 * @param stateScale of the int16 state
 */
export function quantizeTimeWeights(
  time: Tensor,
  bias: Tensor | undefined,
  stateScale: number,
  rank: number,
): QuantizedWeights {
  const values = time.data as Float32Array;
  const perUnit = rank * time.shape[1]!;
  let scale: number = smallestScale;
  for (let from = 0; from < values.length; from += perUnit) {
    const unit = values.subarray(from, from + perUnit);
    const sum = unit.reduce((total, w) => total + Math.abs(w), 0);
    const most = unit.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    // Each weight may be rounded up by half a step.
    scale = Math.max(scale, most / largest, sum / (largestSum - perUnit / 2));
  }
  const biases = bias?.data as Float32Array | undefined;
  biases?.forEach((b) => {
    scale = Math.max(scale, Math.abs(b) / (stateScale * largestBias.int32));
  });
  scale = Math.fround(scale);
  const weights = {
    dtype: 'int16' as const,
    quantization: perTensor(scale, 0),
    data: Int16Array.from(values, (w) => tfLiteRound(w / scale)),
  };
  if (!biases) return { weights };
  const biasScale = Math.fround(stateScale * scale);
  const data = Int32Array.from(biases, (b) => tfLiteRound(b / biasScale));
  return { weights, bias: { dtype: 'int32', quantization: perTensor(biasScale, 0), data } };
}
