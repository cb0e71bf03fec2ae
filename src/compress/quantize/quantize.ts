/** Post-training quantization to int8 from calibration data, by TFLite's 8-bit specification. */
import type { Dataset } from '../../data/index.js';
import { CrimpError, Exit, throwIfErrors } from '../../diagnostics.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { activationParameters, collect } from './calibrate.js';
import type { CalibratorName } from './calibrators.js';
import { collapses, defaultLimits, type Limits } from './collapse.js';
import { compare } from './compare.js';
import { convert, tidy, withFloatEdges } from './convert.js';
import { checkDataset, prepare } from './prepare.js';
import { type QuantizationReport, reportOf } from './report.js';

export interface QuantizeOptions {
  readonly calibrator?: CalibratorName;
  /** dtype of the inputs and outputs; 'float' puts QUANTIZE and DEQUANTIZE at the edges. */
  readonly io?: 'int8' | 'float';
  readonly limits?: Limits;
  /** Return the graph even when it is beyond the limits. */
  readonly allowCollapse?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Quantized {
  readonly graph: Graph;
  readonly report: QuantizationReport;
}

const defaultCalibrator: CalibratorName = 'mse';

/**
 * @param graph float32; batch norms and stand-alone activations are folded first
 * @param dataset a few hundred samples like the real ones; with labels accuracy is measured too
 * @throws CrimpError `already-quantized`, `not-float`, `cannot-quantize`, `data-shape`, `non-finite-activation` (exit
 *   code 2), `quantization-collapse` (exit code 1)
 */
export function quantize(graph: Graph, dataset: Dataset, options: QuantizeOptions = {}): Quantized {
  const { calibrator = defaultCalibrator, io = 'int8', limits = defaultLimits, onProgress } = options;
  const float = prepare(graph);
  checkDataset(float, dataset);
  const total = 2 * dataset.count;
  const histograms = collect(float, dataset, (done) => onProgress?.(done, total));
  const converted = convert(float, activationParameters(float, histograms, calibrator));
  const quantized = tidy(converted);
  throwIfErrors(checkGraph(quantized));

  const comparison = compare(float, converted, dataset, (done) => onProgress?.(dataset.count + done, total));
  const report = reportOf(float, converted, histograms, comparison, { calibrator, samples: dataset.count });
  const problems = options.allowCollapse ? [] : collapses(float, report, limits);
  if (problems.length > 0) throw new CrimpError(problems, Exit.checkFailed);
  return { graph: io === 'int8' ? quantized : withFloatEdges(quantized), report };
}
