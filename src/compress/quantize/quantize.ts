/** Post-training quantization from calibration data, by TFLite's 8-bit specification or its 16x8 one. */
import type { Dataset } from '../../data/index.js';
import { CrimpError, Exit, inputError, throwIfErrors } from '../../diagnostics.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { activationParameters, collect, type Histograms } from './calibrate.js';
import type { CalibratorName } from './calibrators.js';
import { clusterLimits } from './cluster.js';
import { collapses, defaultLimits, type Limits } from './collapse.js';
import { compare } from './compare.js';
import { convert, tidy } from './convert.js';
import { correctBias } from './correct_bias.js';
import { type EdgeForm, withEdges } from './edges.js';
import { islandWarnings } from './islands.js';
import type { ActivationType } from './parameters.js';
import { checkDataset, prepare } from './prepare.js';
import { refine } from './refine.js';
import { type QuantizationReport, reportOf } from './report.js';
import { type Rounding, roundOnData } from './round_on_data.js';
import type { WeightsType } from './weights.js';

export interface QuantizeOptions {
  readonly calibrator?: CalibratorName;
  /** int16 for layers that need more than 8 bits: activations take twice the RAM, weights stay int8. */
  readonly activations?: ActivationType;
  /** int4 halves the weights; only with int8 activations. */
  readonly weights?: WeightsType;
  /** With int4: layers whose weights' SQNR would be below this many dB keep int8. */
  readonly int4Sqnr?: number;
  /** At most so many distinct weights in a layer, 2 … 256: its codebook. Pruned weights stay 0. */
  readonly clusters?: number;
  /** Equalize the channels of successive layers first. */
  readonly equalize?: boolean;
  /** Take each channel's mean error on the data out of its bias. */
  readonly correctBias?: boolean;
  /** 'data' rounds the weights of a layer together, for the least error of its sums on the data. */
  readonly rounding?: Rounding;
  /** dtype of the inputs and outputs, where it is not the activations': QUANTIZE and DEQUANTIZE at the edges. */
  readonly io?: ActivationType | 'float';
  /** Refuse layers that TFLM has no integer kernel for, which otherwise stay in float, with a warning. */
  readonly integerOnly?: boolean;
  /**
   * State carries over from sample to sample; where not, each begins anew. By default it carries over, unless an LSTM of several
   * steps is all that keeps it.
   */
  readonly streaming?: boolean;
  readonly limits?: Limits;
  /** Return the graph even when it is beyond the limits. */
  readonly allowCollapse?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Quantized {
  readonly graph: Graph;
  readonly report: QuantizationReport;
}

export const defaultCalibrator: CalibratorName = 'mse';

/**
 * @param graph float32; batch norms and stand-alone activations are folded first
 * @param dataset a few hundred samples like the real ones; with labels accuracy is measured too
 * @throws CrimpError `already-quantized`, `not-float`, `cannot-quantize`, `data-shape`, `non-finite-activation`,
 *   `bad-usage` (exit code 2), `quantization-collapse` (exit code 1)
 */
export function quantize(graph: Graph, dataset: Dataset, options: QuantizeOptions = {}): Quantized {
  const { calibrator = defaultCalibrator, activations = 'int8', weights = 'int8' } = options;
  const {
    equalize = false,
    correctBias: correct = false,
    int4Sqnr = -Infinity,
    rounding = 'nearest',
    clusters,
  } = options;
  checkClusters(clusters);
  const float = prepare(graph, { activations, weights, equalize, integerOnly: options.integerOnly });
  checkDataset(float, dataset);
  const { count } = dataset;
  const { streaming } = options;
  const refinements = [
    ...(rounding === 'data' ? [roundOnData({ centered: correct, clustered: clusters !== undefined })] : []),
    ...(correct ? [correctBias] : []),
  ];
  const phases = refinements.length > 0 ? 3 : 2;
  const progress = (phase: number) => (done: number) =>
    options.onProgress?.(phase * count + done, phases * count);

  const histograms = collect(float, dataset, progress(0), streaming);
  const parameters = activationParameters(float, histograms, calibrator, activations);
  const rounded = convert(float, parameters, { activations, weights, int4Sqnr, clusters });
  const converted =
    refinements.length > 0
      ? refine(float, rounded, dataset, refinements, (done, total) =>
          progress(1)(Math.floor((count * done) / total)),
        )
      : rounded;
  const quantized = tidy(converted);
  throwIfErrors(checkGraph(quantized));

  const comparison = compare(float, converted, dataset, progress(phases - 1), streaming);
  const report = reportOf(float, converted, histograms, comparison, {
    calibrator,
    samples: count,
    activations,
    weights,
    clusters: clusters ?? null,
    rounding,
    equalized: equalize,
    biasCorrected: correct,
    warnings: islandWarnings(float, activations),
    training: null,
  });
  const problems = options.allowCollapse ? [] : collapses(float, report, options.limits ?? defaultLimits);
  if (problems.length > 0) throw new CrimpError(problems, Exit.checkFailed);

  const { io = activations } = options;
  return { graph: withIo(quantized, float, histograms, { activations, calibrator, io }), report };
}

/** @throws CrimpError `bad-usage` */
export function checkClusters(clusters: number | undefined): void {
  const { min, max } = clusterLimits;
  if (clusters === undefined || (Number.isInteger(clusters) && clusters >= min && clusters <= max)) return;
  const message = `a layer cannot have ${clusters} distinct weights`;
  throw inputError('bad-usage', message, `Take a whole number from ${min} to ${max}; 16 is a good one.`);
}

export interface IoForm {
  /** What inputs and outputs are. */
  readonly activations: ActivationType;
  /** What they shall be. */
  readonly io: ActivationType | 'float';
  readonly calibrator: CalibratorName;
}

/** @param histograms of the float graph, whose inputs and outputs the quantized one has */
export function withIo(
  quantized: Graph,
  float: Graph,
  histograms: Histograms,
  { activations, io, calibrator }: IoForm,
): Graph {
  if (io === activations) return quantized;
  const outside =
    io === 'float' ? undefined : activationParameters(float, histograms, calibrator, io, activations);
  const form = (t: number): EdgeForm | undefined => {
    if (float.tensors[t]!.dtype !== 'float32') return undefined;
    return io === 'float' ? { dtype: 'float32' } : { dtype: io, quantization: outside!.get(t)! };
  };
  return withEdges(quantized, { inputs: float.inputs.map(form), outputs: float.outputs.map(form) });
}
