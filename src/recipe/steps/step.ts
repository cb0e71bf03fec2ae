/** What a step gets, and what it gives. */
import type { Target } from '../../../targets/target.js';
import type { LayerSparsity } from '../../compress/prune/apply_masks.js';
import type { StructuredReport } from '../../compress/prune/structured.js';
import type { QuantizationReport } from '../../compress/quantize/report.js';
import type { Dataset } from '../../data/index.js';
import type { Graph } from '../../graph/graph.js';
import type { EpochMetrics } from '../../train/options.js';

/** Samples as the model takes them. */
export interface RecipeData {
  /** To train and to calibrate on. */
  readonly train?: Dataset;
  /** Held out while training: early stopping watches it. */
  readonly validation?: Dataset;
  /** What accuracy is counted on; where there are none, the samples of `validation`. */
  readonly test?: Dataset;
}

export interface StepContext {
  readonly target: Target;
  readonly data: RecipeData;
  /** Of the step, where it has none of its own that of the recipe. */
  readonly seed: number;
  /** Weights that are 0 are to stay 0. */
  readonly keepZeros: boolean;
  /** The model behind a step before; −1 is the one that the recipe begins with. */
  behind(step: number): Graph;
  /** A model that a step names by its path. */
  named(file: string): Graph;
  /** A file for what is trained under that name within the step; undefined where no file is kept. */
  checkpoint(name: string): string | undefined;
  /** Go on from the checkpoints. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  /** Does work that leaves no turn for anything else. */
  synchronously<T>(work: () => T): T;
  onProgress(phase: string, done: number, total: number, detail?: TrainDetail): void;
}

/** How a training is doing. */
export interface TrainDetail {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number | null;
}

/** What a step has to tell besides the figures that every step has; plain data that JSON can carry. */
export interface StepOutcome {
  /** Of all epochs, in order; those of a step that trains several times one after the other. */
  readonly history?: readonly EpochMetrics[];
  /** The epoch, from 1, whose weights were kept. */
  readonly epoch?: number;
  readonly structured?: StructuredReport;
  readonly sparsity?: readonly LayerSparsity[];
  readonly quantization?: QuantizationReport;
}

export interface StepResult {
  readonly graph: Graph;
  readonly outcome: StepOutcome;
}
