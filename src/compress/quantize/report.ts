/** What a quantization did, for people and programs; plain data that JSON can carry. */
import { inputTensor, writtenBy } from '../../graph/access.js';
import type { Graph, Op, Tensor } from '../../graph/graph.js';
import { typeRange } from '../../ops/checks.js';
import { quantizationRules } from '../../ops/quantization_rules.js';
import type { EpochMetrics } from '../../train/options.js';
import type { Histograms } from './calibrate.js';
import type { CalibratorName } from './calibrators.js';
import { codebookOf } from './cluster.js';
import { type Comparison, sqnr } from './compare.js';
import type { ActivationType, Range } from './parameters.js';
import type { Rounding } from './round_on_data.js';
import { type WeightsType, weightsSqnr } from './weights.js';

export interface LayerReport {
  readonly name: string;
  readonly type: string;
  /** Output against the float graph's, all errors of earlier layers included, in dB; null for exact or all-zero outputs. */
  readonly sqnr: number | null;
  /** dtype of the weights; null for a layer without. */
  readonly weights: WeightsType | null;
  /** Of the weights alone, in dB; null for a layer without, and for exact ones. */
  readonly weightsSqnr: number | null;
  /** Distinct values of clustered weights; null for a layer without, and without clustering. */
  readonly codebook: number | null;
  /** What the float output spans on the data, and what the quantized values cover of it. */
  readonly observed: Range;
  readonly covered: Range;
}

export interface QuantizationReport {
  readonly calibrator: CalibratorName;
  readonly samples: number;
  readonly activations: ActivationType;
  readonly weights: WeightsType;
  /** At most so many distinct weights in a layer; null without clustering. */
  readonly clusters: number | null;
  readonly rounding: Rounding;
  readonly equalized: boolean;
  readonly biasCorrected: boolean;
  readonly layers: readonly LayerReport[];
  /** On the calibration data, or on what the training says; null without labels. */
  readonly accuracy: { readonly float: number; readonly quantized: number } | null;
  /** Of quantization-aware training; null without. */
  readonly training: TrainingReport | null;
}

export interface TrainingReport {
  readonly samples: number;
  /** What accuracies are of: samples held out from the training, else those of the calibration. */
  readonly evaluated: { readonly samples: number; readonly heldOut: boolean };
  /** Accuracy of the same model quantized as it was before; null without labels. */
  readonly before: number | null;
  /** The epoch, from 1, whose weights these are. */
  readonly epoch: number;
  readonly history: readonly EpochMetrics[];
}

export function reportOf(
  float: Graph,
  quantized: Graph,
  histograms: Histograms,
  { power, accuracy }: Comparison,
  run: Omit<QuantizationReport, 'layers' | 'accuracy'>,
): QuantizationReport {
  const layers = float.ops.map((op, i): LayerReport => {
    const output = writtenBy(op)[0]!;
    const { min, max } = histograms.get(output)!;
    const weighted = quantizationRules[op.type]!.weights !== undefined;
    const weights = weighted ? inputTensor(quantized, quantized.ops[i] as Op, 1) : undefined;
    return {
      name: op.name,
      type: op.type,
      sqnr: finite(sqnr(power.get(output)!)),
      weights: (weights?.dtype as WeightsType | undefined) ?? null,
      weightsSqnr: weights ? finite(weightsSqnr(inputTensor(float, op as Op, 1), weights)) : null,
      codebook: weights && run.clusters !== null ? codebookOf(weights.data as Int8Array).length : null,
      observed: { min, max },
      covered: coveredBy(quantized.tensors[output]!),
    };
  });
  return { ...run, layers, accuracy: accuracy ?? null };
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function coveredBy({ quantization, dtype }: Tensor): Range {
  const [scale, zeroPoint] = [quantization!.scale[0]!, quantization!.zeroPoint[0]!];
  const { min, max } = typeRange(dtype);
  return { min: scale * (min - zeroPoint), max: scale * (max - zeroPoint) };
}
