/**
 * Quantization-aware training: fine-tunes a float model while it computes what its quantized form would. Each batch runs in
 * the integer simulator, so the loss that is seen is the deployed model's own.
 */
import type { Dataset } from '../../data/index.js';
import { CrimpError, type Diagnostic, Exit, inputError, throwIfErrors } from '../../diagnostics.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { pick, splitOff } from '../../train/batches.js';
import { checkTraining } from '../../train/check.js';
import { type Settings, settingsOf, type TrainOptions } from '../../train/options.js';
import { train } from '../../train/train.js';
import { variablesOf } from '../../train/variables.js';
import { accuracyOn } from '../accuracy_on.js';
import { zeroMasks } from '../prune/apply_masks.js';
import { activationParameters, collect } from './calibrate.js';
import { collapses, defaultLimits } from './collapse.js';
import { compare } from './compare.js';
import { convert, tidy } from './convert.js';
import { islandWarnings } from './islands.js';
import { prepare } from './prepare.js';
import { simulatedForward } from './qat_transform.js';
import { checkClusters, defaultCalibrator, type QuantizeOptions, withIo } from './quantize.js';
import { type QuantizationReport, reportOf, type TrainingReport } from './report.js';

/** Weights and biases are what is trained: no rounding or correction follows. */
type Quantization = Omit<QuantizeOptions, 'rounding' | 'correctBias' | 'onProgress'>;

export interface QuantizeAwareOptions extends Quantization, Omit<TrainOptions, 'transform' | 'batchNorm'> {
  /** Weights that are 0 stay 0, as pruning left them: unless `masks` are given, and unless it is false. */
  readonly keepZeros?: boolean;
  /** By tensor index of the graph that `prepare` makes, as are the tensors that a `loss` asks for. */
  readonly masks?: TrainOptions['masks'];
}

export interface QuantizedAware {
  readonly graph: Graph;
  /** Layers are compared to the float weights behind the integers. */
  readonly report: QuantizationReport & { readonly training: TrainingReport };
}

/** Of training, where nothing else is said: a model that is trained already needs small steps that end in smaller ones. */
const defaults = { epochs: 4, learningRate: 1e-4, schedule: 'cosine' } as const;

/** Spread evenly over the data. */
const calibrationSamples = 256;

/**
 * @param graph float32 and trained; batch norms and stand-alone activations are folded first
 * @param dataset labeled, unless `loss` does without
 * @returns a graph whose simulation gives, bit for bit, what the training's last forward pass gave
 * @throws CrimpError as `quantize` and `train`
 */
export async function quantizeAware(
  graph: Graph,
  dataset: Dataset,
  options: QuantizeAwareOptions = {},
): Promise<QuantizedAware> {
  const { form, tuning } = partsOf(options);
  const { calibrator, activations, weights, equalize, clusters, io } = form;
  checkClusters(clusters);
  const float = prepare(graph, form);
  const masks = options.masks ?? (options.keepZeros === false ? undefined : zeroMasks(float));
  const settings = settingsOf({ ...tuning, masks });
  throwIfErrors(checkTraining(float, variablesOf(float), dataset, settings));
  const { data, held } = split(dataset, settings);
  const calibration = spread(data);
  const histograms = collect(float, calibration);
  const parameters = activationParameters(float, histograms, calibrator, activations);
  const untrained = convert(float, parameters, form);
  throwIfErrors(checkGraph(tidy(untrained)));
  // A checkpoint belongs to its form as well: of a transform it only knows that there is one.
  const bound = { ...settings, validation: held, form };
  const transform = simulatedForward(float, parameters, form);
  const trained = await train(float, data, { ...bound, transform });
  const converted = convert(trained.graph, parameters, form);
  const quantized = tidy(converted);
  const [problem] = checkGraph(quantized);
  if (problem) throw beyondIntegers(problem);

  const on = held ?? calibration;
  const accuracy = async (g: Graph) => accuracyOn(g, on, settings);
  const before = on.labels ? await accuracy(untrained) : null;
  const comparison = {
    power: compare(trained.graph, converted, calibration).power,
    accuracy: on.labels && { float: await accuracy(float), quantized: await accuracy(converted) },
  };
  const training: TrainingReport = {
    samples: data.count,
    evaluated: { samples: on.count, heldOut: held !== undefined },
    ...{ before, epoch: trained.epoch, history: trained.history },
  };
  const report = reportOf(trained.graph, converted, histograms, comparison, {
    ...{ calibrator, samples: calibration.count, activations, weights, clusters: clusters ?? null },
    ...{ rounding: 'nearest', equalized: equalize, biasCorrected: false, training },
    warnings: islandWarnings(float, activations),
  });
  // The float weights behind the integers are no model of their own, whatever their distance.
  const limits = { ...(options.limits ?? defaultLimits), sqnr: -Infinity };
  const problems = options.allowCollapse ? [] : collapses(float, report, limits);
  if (problems.length > 0) throw new CrimpError(problems, Exit.checkFailed);
  const asAsked = withIo(quantized, float, histograms, { activations, calibrator, io });
  return { graph: asAsked, report: { ...report, training } };
}

/** How integers are made, and how the training goes; with what stands where nothing is said. */
function partsOf({
  calibrator = defaultCalibrator,
  activations = 'int8',
  weights = 'int8',
  int4Sqnr = -Infinity,
  clusters,
  equalize = false,
  io = activations,
  integerOnly,
  streaming: _streaming,
  ...tuning
}: QuantizeAwareOptions) {
  const { keepZeros: _, limits: __, allowCollapse: ___, ...given } = tuning;
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    form: { calibrator, activations, weights, int4Sqnr, clusters, equalize, io, integerOnly },
    tuning: { ...defaults, ...said } as TrainOptions,
  };
}

function split(dataset: Dataset, { validation, seed }: Settings): { data: Dataset; held?: Dataset } {
  if (typeof validation !== 'number') return { data: dataset, held: validation };
  const { train: data, validation: held } = splitOff(dataset, validation, seed);
  return { data, held };
}

function spread(data: Dataset): Dataset {
  const count = Math.min(data.count, calibrationSamples);
  return pick(
    data,
    Int32Array.from({ length: count }, (_, k) => Math.floor((k * data.count) / count)),
  );
}

/** What the model could do before its training. */
function beyondIntegers({ message, where }: Diagnostic): CrimpError {
  const grown = `the weights have grown beyond what integers compute: ${message}`;
  return inputError('training-diverged', grown, 'Lower the learning rate.', where);
}
