/** What a quantization did, for people and programs; plain data that JSON can carry. */
import type { Diagnostic } from '../../diagnostics.js';
import { inputTensor, writtenBy } from '../../graph/access.js';
import type { AnyOp, DType, Graph, Op, Tensor } from '../../graph/graph.js';
import { typeRange } from '../../ops/checks.js';
import { type WeightsRule, weightsRulesOf } from '../../ops/quantization_rules.js';
import type { EpochMetrics } from '../../train/options.js';
import type { Histograms } from './calibrate.js';
import type { CalibratorName } from './calibrators.js';
import { codebookOf } from './cluster.js';
import { type Comparison, type Power, sqnr } from './compare.js';
import type { ActivationType, Range } from './parameters.js';
import type { Rounding } from './round_on_data.js';
import { addWeightsPower, type WeightsType } from './weights.js';

export interface LayerReport {
  readonly name: string;
  readonly type: string;
  /** Of the output: float32 where the layer stays in float. */
  readonly dtype: DType;
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
  /** Layers that stay in float. */
  readonly warnings: readonly Diagnostic[];
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
    const converted = quantized.ops[i]!;
    const { min, max } = histograms.get(output) ?? nothing;
    const [seen, tensor] = [power.get(output), quantized.tensors[output]!];
    const rules = weightsRulesOf(op).filter((rule) => isConverted(op, converted, rule));
    const first = rules[0] && inputTensor(quantized, converted as Op, rules[0].weights);
    return {
      name: op.name,
      type: converted.type,
      dtype: tensor.dtype,
      sqnr: seen ? finite(sqnr(seen)) : null,
      weights: (first?.dtype as WeightsType | undefined) ?? null,
      weightsSqnr: finite(sqnr(weightsPower(float, quantized, op, converted, rules))),
      codebook:
        rules.length === 1 && run.clusters !== null ? codebookOf(first!.data as Int8Array).length : null,
      observed: { min, max },
      covered: coveredBy(tensor) ?? { min, max },
    };
  });
  return { ...run, layers, accuracy: accuracy ?? null };
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/** What has no real values, such as an index. */
const nothing: Range = { min: 0, max: 0 };

function isConverted(op: AnyOp, converted: AnyOp, { weights }: WeightsRule): boolean {
  return op.inputs[weights] !== converted.inputs[weights];
}

/** Of all weights of a layer; none without. */
function weightsPower(
  float: Graph,
  quantized: Graph,
  op: AnyOp,
  converted: AnyOp,
  rules: readonly WeightsRule[],
): Power {
  const power = { signal: 0, noise: 0 };
  for (const { weights } of rules) {
    addWeightsPower(
      power,
      inputTensor(float, op as Op, weights),
      inputTensor(quantized, converted as Op, weights),
    );
  }
  return power;
}

function coveredBy({ quantization, dtype }: Tensor): Range | undefined {
  if (!quantization || dtype === 'float32') return undefined;
  const [scale, zeroPoint] = [quantization!.scale[0]!, quantization!.zeroPoint[0]!];
  const { min, max } = typeRange(dtype);
  return { min: scale * (min - zeroPoint), max: scale * (max - zeroPoint) };
}
