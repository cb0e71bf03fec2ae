/**
 * Rounds the weights of an output channel together, so that its sums on the data change least, instead of each weight to
 * the nearest: with x the patches that a channel reads and H = Σ x·xᵀ = Rᵀ·R, the error is |R·(w − q)|², and going
 * from the last weight to the first each one makes up for those behind it (Babai's nearest plane, which is GPTQ in reverse
 * order: Frantar et al., "GPTQ", 2022). Scales stay.
 */

import { inputTensor } from '../../graph/access.js';
import type { Graph, Op, Tensor } from '../../graph/graph.js';
import { clamp, tfLiteRound } from '../../numerics/rounding.js';
import { codebookOf, nearestIn } from './cluster.js';
import { momentsOf, type Patches, patchesOf } from './patches.js';
import type { LayerState, Refinement } from './refine.js';
import { largestWeight, scalesOfElements, type WeightsType } from './weights.js';

/** Each weight to the nearest, or all weights of a channel together by the data. */
export type Rounding = 'nearest' | 'data';

/** Part of H's mean diagonal that is added to it: what the data never show shall not be rounded at will. */
const damping = 0.01;

export interface RoundOptions {
  /** The bias takes each layer's mean error out afterwards: only what varies around the means counts. */
  readonly centered: boolean;
  /** The weights have been clustered: they are rounded to the values that they take in their layer. */
  readonly clustered: boolean;
}

export function roundOnData(options: RoundOptions): Refinement {
  return (layer) => round(layer, options);
}

function round({ float, quantized, index, found }: LayerState, { centered, clustered }: RoundOptions): Graph {
  const op = quantized.ops[index]!;
  const patches = patchesOf(float, float.ops[index]!);
  if (!patches) return quantized;
  const real = inputTensor(float, float.ops[index] as Op, 1).data as Float32Array;
  const weights = inputTensor(quantized, op as Op, 1);
  const data = (weights.data as Int8Array).slice();
  const scaleOf = scalesOfElements(weights);
  const top = largestWeight[weights.dtype as WeightsType];
  const nearest = clustered
    ? nearestIn(codebookOf(weights.data as Int8Array))
    : (level: number) => clamp(tfLiteRound(level), -top, top);
  momentsOf(patches, found.get(op.inputs[0]!)! as Float32Array[], centered).forEach((moments, group) => {
    const factor = cholesky(moments, patches.size);
    for (let o = 0; o < patches.outputs; o++) {
      roundChannel(factor, patches, group * patches.outputs + o, real, data, scaleOf, nearest);
    }
  });
  const tensors = quantized.tensors.map((t): Tensor => (t === weights ? { ...weights, data } : t));
  return { ...quantized, tensors };
}

/** @param factor R, upper triangular, row by row */
function roundChannel(
  factor: Float64Array,
  { size, weightIndex }: Patches,
  output: number,
  real: Float32Array,
  data: Int8Array,
  scaleOf: (i: number) => number,
  nearest: (level: number) => number,
): void {
  const error = new Float64Array(size);
  for (let j = size - 1; j >= 0; j--) {
    const i = weightIndex(output, j);
    let pull = 0;
    for (let k = j + 1; k < size; k++) pull += factor[j * size + k]! * error[k]!;
    const wanted = real[i]! + pull / factor[j * size + j]!;
    // What pruning made 0 stays 0.
    data[i] = real[i] === 0 ? 0 : nearest(wanted / scaleOf(i));
    error[j] = real[i]! - data[i]! * scaleOf(i);
  }
}

/** R with Rᵀ·R = H + damping; in place. @param h symmetric, its upper triangle is read */
function cholesky(h: Float64Array, n: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += h[i * n + i]!;
  const added = trace > 0 ? (damping * trace) / n : 1;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    h[row + i] = Math.sqrt(h[row + i]! + added);
    for (let k = i + 1; k < n; k++) h[row + k]! /= h[row + i]!;
    for (let j = i + 1; j < n; j++) {
      const f = h[row + j]!;
      if (f !== 0) for (let k = j; k < n; k++) h[j * n + k]! -= f * h[row + k]!;
    }
  }
  return h;
}
