/** `crimp check` in one call: a model in the runtime that its user knows, beside the simulator. */
import {
  CrimpError,
  type Diagnostic,
  Exit,
  error,
  formatDiagnostic,
  inputError,
  throwIfErrors,
  warning,
} from './diagnostics.js';
import { exportTflite } from './exporters/tflite/export.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import { isTfjs } from './importers/tfjs/import.js';
import { isTflite } from './importers/tflite/import.js';
import { randomSamples } from './measure/random_samples.js';
import { loadSamplesOf, type SampleOptions } from './measure/take_samples.js';
import type { ModelFile } from './model_file.js';
import { causes } from './runtimes/causes/cause.js';
import { type Agreement, float32Tolerance, sameValues, withinFloat32Tolerance } from './runtimes/compare.js';
import { compareLayers, type LayerAgreement } from './runtimes/layers.js';
import { openRuntime } from './runtimes/open.js';
import { type ComparedOutputs, compareOutputs, type SampleSource } from './runtimes/outputs.js';
import type { Runtime, RuntimeModel } from './runtimes/runtime.js';
import { openTflite } from './runtimes/tfjs_tflite.js';

export interface CheckFileOptions extends Omit<SampleOptions, 'atMost'> {
  /** Of the file, no more than these; at random, so many, and 10 unless given. */
  readonly samples?: number;
  /** Of random samples. */
  readonly seed?: number;
  /** Compare every layer, also where outputs agree; not of a model.json. */
  readonly layers?: boolean;
  /** Called for each pass over the samples. */
  readonly progress?: (label: string) => (done: number, total: number) => void;
}

/**
 * `exact`: all values are the same. `tolerance`: float32 within 2^-16 of the output's largest value; integers within a
 * step, where layers cannot be looked at. `explained`: every layer that differs does so, from the same inputs, as the other runtime
 * is known to round. `differs`: something else is the matter.
 */
export type Verdict = 'exact' | 'tolerance' | 'explained' | 'differs';

export interface OutputAgreement extends Agreement {
  readonly name: string;
  readonly dtype: string;
  /** A step as a real value; null for float32 that no integer layer gives. */
  readonly step: number | null;
}

export interface CheckedFile {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly samples: number;
  /** The samples were made up. */
  readonly random: boolean;
  readonly verdict: Verdict;
  readonly outputs: readonly OutputAgreement[];
  /** Null where they were not compared. */
  readonly layers: readonly LayerAgreement[] | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @throws CrimpError as importModel and loadSamples; `bad-usage`, `no-runtime`; `missing-package` and `runtime-refuses`
 *   with exit code 3
 */
export async function checkFile(model: ModelFile, options: CheckFileOptions = {}): Promise<CheckedFile> {
  const { samples: atMost, seed, layers: wanted = false, progress, ...reading } = options;
  const hasLayers = !isTfjs(model.bytes);
  if (wanted && !hasLayers) {
    const hint = 'Leave --layers away, or quantize the model and check the .tflite.';
    throw inputError('bad-usage', 'TensorFlow.js does not show its layers', hint, { file: model.file });
  }
  const graph = importModel(model.bytes, model);
  const random = reading.file === undefined;
  const samples: SampleSource = random
    ? randomSamples(graph, atMost ?? 10, seed)
    : await loadSamplesOf(graph, { ...reading, atMost });
  const pass = (label: string) => {
    const show = progress?.(label);
    return (done: number) => show?.(done, samples.count);
  };
  if (isTflite(model.bytes)) throwIfErrors(beyondTflite(graph, model.file), Exit.environment);
  const diagnostics: Diagnostic[] = [];
  const runtime = await opened(model, graph, diagnostics);
  const compared = await compareOutputs(graph, runtime, samples, pass('outputs')).finally(() =>
    runtime.close(),
  );
  const outputs = compared.agreements.map((agreement, i): OutputAgreement => {
    const t = graph.outputs[i]!;
    const { name, dtype } = graph.tensors[t]!;
    return { name, dtype, step: stepOf(graph, t), ...agreement };
  });
  const found = verdictOf(graph, outputs);
  const unclear = found === 'differs' || (found === 'tolerance' && hasIntegers(graph));
  const layers =
    hasLayers && (wanted || unclear)
      ? await layersOf({ ...model, graph }, samples, compared, diagnostics, pass('layers'))
      : null;
  return {
    runtime: { name: runtime.name, version: runtime.version },
    samples: samples.count,
    random,
    verdict: layers && unclear ? verdictOfLayers(layers) : found,
    outputs,
    layers,
    diagnostics,
  };
}

/** What TensorFlow Lite takes for something else and runs all the same, beyond the end of its memory. */
function beyondTflite({ ops, tensors }: Graph, file: string): Diagnostic[] {
  return ops.flatMap((op, index) => {
    if (op.type !== 'SVDF' || tensors[op.inputs[4]!]!.dtype !== 'int8') return [];
    const where = { file, op: { index, type: op.type, name: op.name } };
    const message = 'has int8 state, which TensorFlow Lite Micro knows and TensorFlow Lite does not';
    return [error('runtime-refuses', message, 'Check a model with int16 state, or none.', where)];
  });
}

/** The user's own file; or crimp's export of it, where only the versions of operators are in the way. */
async function opened(model: ModelFile, graph: Graph, diagnostics: Diagnostic[]): Promise<Runtime> {
  try {
    return await openRuntime({ ...model, graph });
  } catch (failure) {
    const refused = failure instanceof CrimpError && failure.diagnostics[0]?.code === 'runtime-refuses';
    if (!refused || !isTflite(model.bytes)) throw failure;
    const runtime = await openTflite(exportTflite(graph), model.file);
    const reason = failure.diagnostics[0]!.message.replace(/([^.?!])$/, '$1.');
    const message = `${reason} It takes crimp’s export of the same graph, which asks for no newer operators than it needs: that was run.`;
    diagnostics.push(warning('runtime-refuses', message, '', { file: model.file }));
    return runtime;
  }
}

async function layersOf(
  model: RuntimeModel,
  samples: SampleSource,
  { answers }: ComparedOutputs,
  diagnostics: Diagnostic[],
  onSample: (done: number) => void,
): Promise<LayerAgreement[] | null> {
  try {
    const { layers, outputs } = await compareLayers(model, samples, onSample);
    const same = outputs.every((values, s) =>
      values.every((v, i) => {
        const before = answers[s]![i];
        if (v instanceof Float32Array && before instanceof Float32Array)
          return withinFloat32Tolerance(v, before);
        return before !== undefined && sameValues(v, before);
      }),
    );
    if (same) return layers;
    const message =
      'the runtime gives other outputs once it has to show all layers, so that they prove nothing';
    diagnostics.push(warning('layers-unclear', message, ''));
  } catch (failure) {
    if (!(failure instanceof CrimpError)) throw failure;
    const message = `layers cannot be compared: ${failure.diagnostics.map(formatDiagnostic).join(' ')}`;
    diagnostics.push(warning('layers-unclear', message, ''));
  }
  return null;
}

function verdictOf(graph: Graph, outputs: readonly OutputAgreement[]): Verdict {
  if (outputs.every(({ different }) => different === 0)) return 'exact';
  const within = outputs.every((output) => {
    const { different, incomparable, maxDifference, largest } = output;
    if (different === 0) return true;
    if (incomparable || maxDifference === null) return false;
    const rounding = 1e-6 * largest;
    return maxDifference <= (hasIntegers(graph) ? stepAmong(output) + rounding : float32Tolerance * largest);
  });
  return within ? 'tolerance' : 'differs';
}

/** Of float32 whose step is not known, behind integers, an int8 step of the largest value. */
function stepAmong({ step, largest }: OutputAgreement): number {
  return step ?? largest / 128;
}

function verdictOfLayers(layers: readonly LayerAgreement[]): Verdict {
  const differing = layers.filter(({ different }) => different > 0);
  return differing.length > 0 && differing.every(({ cause }) => cause && causes[cause].rounding)
    ? 'explained'
    : 'differs';
}

function hasIntegers({ ops, tensors }: Graph): boolean {
  return ops.some(({ outputs }) => outputs.some((t) => tensors[t]!.quantization));
}

/** The scale of the tensor, or of what DEQUANTIZE and views made it of. */
function stepOf(graph: Graph, t: number): number | null {
  const { dtype, quantization } = graph.tensors[t]!;
  if (quantization) return quantization.scale[0]!;
  if (dtype !== 'float32') return 1;
  const op = graph.ops.find(({ outputs }) => outputs.includes(t));
  return op && (op.type === 'DEQUANTIZE' || op.type === 'RESHAPE') ? stepOf(graph, op.inputs[0]!) : null;
}
