/** What a quantization did, for people and programs; plain data that JSON can carry. */
import { elementCount, inputTensor } from '../../graph/access.js';
import type { Graph, Op, Tensor } from '../../graph/graph.js';
import type { Histograms } from './calibrate.js';
import type { CalibratorName } from './calibrators.js';
import { type Comparison, sqnr } from './compare.js';
import type { Range } from './parameters.js';
import { quantizationRules } from './rules.js';

export interface LayerReport {
  readonly name: string;
  readonly type: string;
  /** Output against the float graph's, all errors of earlier layers included, in dB; null for exact or all-zero outputs. */
  readonly sqnr: number | null;
  /** Of the weights alone, in dB; null for a layer without, and for exact ones. */
  readonly weightsSqnr: number | null;
  /** What the float output spans on the data, and what int8 covers of it. */
  readonly observed: Range;
  readonly covered: Range;
}

export interface QuantizationReport {
  readonly calibrator: CalibratorName;
  readonly samples: number;
  readonly layers: readonly LayerReport[];
  /** On the calibration data; null without labels. */
  readonly accuracy: { readonly float: number; readonly int8: number } | null;
}

export function reportOf(
  float: Graph,
  quantized: Graph,
  histograms: Histograms,
  { power, accuracy }: Comparison,
  run: { readonly calibrator: CalibratorName; readonly samples: number },
): QuantizationReport {
  const layers = float.ops.map((op, i): LayerReport => {
    const output = op.outputs[0]!;
    const { min, max } = histograms.get(output)!;
    const weighted = quantizationRules[op.type]!.weights !== undefined;
    return {
      name: op.name,
      type: op.type,
      sqnr: finite(sqnr(power.get(output)!)),
      weightsSqnr: weighted
        ? finite(
            weightsSqnr(inputTensor(float, op as Op, 1), inputTensor(quantized, quantized.ops[i] as Op, 1)),
          )
        : null,
      observed: { min, max },
      covered: coveredBy(quantized.tensors[output]!),
    };
  });
  return { ...run, layers, accuracy: accuracy ?? null };
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function coveredBy({ quantization }: Tensor): Range {
  const [scale, zeroPoint] = [quantization!.scale[0]!, quantization!.zeroPoint[0]!];
  return { min: scale * (-128 - zeroPoint), max: scale * (127 - zeroPoint) };
}

function weightsSqnr(real: Tensor, quantized: Tensor): number | undefined {
  const { scale, axis } = quantized.quantization!;
  const after = elementCount(real.shape.slice(axis + 1));
  const power = { signal: 0, noise: 0 };
  (real.data as Float32Array).forEach((w, i) => {
    const s = scale[scale.length === 1 ? 0 : Math.floor(i / after) % scale.length]!;
    power.signal += w * w;
    power.noise += (w - s * (quantized.data as Int8Array)[i]!) ** 2;
  });
  return sqnr(power);
}
