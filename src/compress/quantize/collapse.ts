/** A quantization that ruins the model is an error, not a silent file. */
import { type Diagnostic, error } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import type { QuantizationReport } from './report.js';

export interface Limits {
  /** Accuracy lost on the calibration data, as a share of all samples. */
  readonly accuracyDrop: number;
  /** Of every layer, in dB. At 3 dB half of what a layer says is noise. */
  readonly sqnr: number;
}

export const defaultLimits: Limits = { accuracyDrop: 0.05, sqnr: 3 };

const remedies =
  'Try another --calibrator (minmax, percentile, mse, kl) or more calibration data that look like the real ones; ' +
  'see whether a layer’s range is stretched by a few outliers; --equalize, --activations int16; --allow-collapse writes the file all the same.';

/** Names the layers to blame: those below the limit, and when accuracy falls, the worst one. */
export function collapses(graph: Graph, report: QuantizationReport, limits: Limits): Diagnostic[] {
  const place = (index: number) => {
    const { type, name } = graph.ops[index]!;
    return { op: { index, type, name } };
  };
  const layers = report.layers.flatMap(({ sqnr }, i) => (sqnr === null ? [] : [{ sqnr, i }]));
  const problems = layers
    .filter(({ sqnr }) => sqnr < limits.sqnr)
    .map(({ sqnr, i }) => {
      const message = `the layer collapses: SQNR ${sqnr.toFixed(1)} dB, below ${limits.sqnr} dB`;
      return error('quantization-collapse', message, remedies, place(i));
    });
  const { accuracy } = report;
  if (accuracy && accuracy.float - accuracy.quantized > limits.accuracyDrop) {
    const worst = layers.reduce((a, b) => (b.sqnr < a.sqnr ? b : a), layers[0] ?? { sqnr: 0, i: 0 });
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const message = `accuracy falls from ${percent(accuracy.float)} to ${percent(accuracy.quantized)}, more than ${percent(limits.accuracyDrop)}; the worst layer has an SQNR of ${worst.sqnr.toFixed(1)} dB`;
    problems.push(error('quantization-collapse', message, remedies, place(worst.i)));
  }
  return problems;
}
