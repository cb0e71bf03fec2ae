/** Quantization from file to file. */
import { readDataset } from '../../data/index.js';
import { exportTflite } from '../../exporters/tflite/export.js';
import { replaceFile } from '../../files.js';
import { importModel } from '../../importers/index.js';
import { type QuantizeOptions, quantize } from './quantize.js';
import type { QuantizationReport } from './report.js';

export interface QuantizeFileOptions extends Omit<QuantizeOptions, 'onProgress'> {
  /** .npz or .npy of real values, or .bin. */
  readonly data: string;
  /** The .tflite to write. */
  readonly output: string;
}

export interface QuantizedFile extends QuantizationReport {
  readonly output: string;
  /** Sizes of the .tflite files. */
  readonly bytes: { readonly float: number; readonly int8: number };
}

/** Writes the int8 model, whole or not at all. @throws CrimpError as importModel, readDataset, quantize */
export function quantizeFile(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file: string },
  { data, output, ...options }: QuantizeFileOptions,
  onProgress?: QuantizeOptions['onProgress'],
): QuantizedFile {
  const graph = importModel(model.bytes, model);
  const dataset = readDataset(data, graph);
  const quantized = quantize(graph, dataset, { ...options, onProgress });
  const bytes = exportTflite(quantized.graph);
  replaceFile(output, bytes);
  return { output, bytes: { float: model.bytes.length, int8: bytes.length }, ...quantized.report };
}
