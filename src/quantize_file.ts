/** A float model file and data → a quantized .tflite or .onnx, and what either costs on a device. */
import { defaultTarget, findTarget } from '../targets/index.js';
import { type QuantizeAwareOptions, quantizeAware } from './compress/quantize/qat.js';
import { type QuantizeOptions, quantize } from './compress/quantize/quantize.js';
import type { QuantizationReport } from './compress/quantize/report.js';
import { loadDataset, prepareDataset, type ReadOptions } from './data/index.js';
import { inputError } from './diagnostics.js';
import { asModelFormat, exportModel, modelFormatOf } from './exporters/index.js';
import { replaceFile } from './files.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import { type OnDevice, onDevice } from './on_device.js';
import type { TrainOptions } from './train/options.js';

/** How quantization-aware training goes. */
export interface QatOptions
  extends Omit<TrainOptions, 'transform' | 'batchNorm' | 'masks' | 'validation'>,
    Pick<QuantizeAwareOptions, 'keepZeros'> {
  /** A file like the data, or the share of them that is held out. */
  readonly validation?: number | string;
}

export interface QuantizeFileOptions extends Omit<QuantizeOptions, 'onProgress'> {
  /** Samples, with labels if there are any. */
  readonly data: string;
  /** How data are read; a normalization goes into the model. */
  readonly reading?: ReadOptions;
  /** Train on the data, which then need labels, by what the integers compute. */
  readonly training?: QatOptions;
  /** The model to write: `.onnx` is ONNX, whatever else .tflite. */
  readonly output: string;
  /** Whose flash, RAM and cycles the report counts. */
  readonly target?: string;
  /** Build firmware of both, run it on the virtual board and report flash and cycles. */
  readonly measure?: boolean;
}

export interface QuantizedFile extends QuantizationReport {
  readonly output: string;
  /** Sizes of the files, both in the format of the output. */
  readonly bytes: { readonly float: number; readonly quantized: number };
  readonly device: {
    readonly target: string;
    readonly float: OnDevice;
    readonly quantized: OnDevice;
  };
}

/**
 * Writes the quantized model, whole or not at all. @throws CrimpError as importModel, prepareDataset, quantize,
 * quantizeAware; `bad-usage`
 *
 * @param inOnePiece runs what leaves no turn to anything else, as `Io.synchronously` does
 */
export async function quantizeFile(
  model: { readonly bytes: Uint8Array; readonly name: string; readonly file: string },
  { data, reading, training, output, target: targetName, measure, ...options }: QuantizeFileOptions,
  onProgress?: QuantizeOptions['onProgress'],
  inOnePiece = <T>(work: () => T): T => work(),
): Promise<QuantizedFile> {
  const target = targetName === undefined ? defaultTarget : findTarget(targetName);
  const { graph, dataset } = await prepareDataset(data, importModel(model.bytes, model), reading);
  const quantized = training
    ? await quantizeAware(graph, dataset, await awareOptions(graph, options, training, reading))
    : inOnePiece(() => quantize(graph, dataset, { ...options, onProgress }));
  const format = modelFormatOf(output);
  const bytes = exportModel(quantized.graph, format);
  const device = {
    target: target.name,
    float: await onDevice(graph, target, measure),
    quantized: await onDevice(quantized.graph, target, measure),
  };
  replaceFile(output, bytes);
  return {
    output,
    bytes: { float: asModelFormat(model, graph, format).length, quantized: bytes.length },
    device,
    ...quantized.report,
  };
}

async function awareOptions(
  graph: Graph,
  { rounding = 'nearest', correctBias = false, ...form }: Omit<QuantizeOptions, 'onProgress'>,
  { validation, ...training }: QatOptions,
  { normalize: _, ...reading }: ReadOptions = {},
): Promise<QuantizeAwareOptions> {
  if (rounding !== 'nearest' || correctBias) {
    const message =
      'what training has found would be changed after it by rounding to data or correcting biases';
    throw inputError('bad-usage', message, 'Leave --rounding data and --correct-bias, or --qat, away.');
  }
  const held = typeof validation === 'string' ? await loadDataset(validation, graph, reading) : validation;
  return { ...form, ...training, validation: held };
}
