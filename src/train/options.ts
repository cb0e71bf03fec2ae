/** What a training can be told, with the values that stand where nothing is said. */
import type { Dataset } from '../data/index.js';
import type { Augment } from './augment.js';
import type { Batch } from './batches.js';
import type { Transform } from './forward.js';
import type { Loss, Penalty } from './loss.js';
import type { OptimizerName } from './optimizer.js';
import type { Schedule } from './schedule.js';
import type { Backend } from './tensorflow.js';

export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** Of the epoch's first step. */
  readonly learningRate: number;
  /** Mean over the epoch's samples as they were trained on, without the penalty. */
  readonly loss: number;
  /** null without labels. */
  readonly accuracy: number | null;
  /** On the held-out samples at the end of the epoch; null when there are none. */
  readonly validation: { readonly loss: number; readonly accuracy: number | null } | null;
}

export interface TrainProgress {
  /** From 1. */
  readonly epoch: number;
  /** Over all epochs, from 1. */
  readonly step: number;
  readonly steps: number;
  /** Mean over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number | null;
}

export interface EarlyStopping {
  /** Epochs without a better validation loss after which training ends; the best epoch's weights are kept. */
  readonly patience: number;
  /** What counts as better; 0 unless given. */
  readonly minDelta?: number;
}

/** By tensor index, a value for each weight: where it is 0 the weight is 0 and stays it. */
export type TrainMasks = ReadonlyMap<number, Uint8Array>;

/** Masks that change while a training runs. */
export interface MaskSchedule {
  /**
   * Asked before each step.
   * @param step steps taken, from 0 @param steps of the whole training
   * @param weights by tensor index, as they are now
   * @returns what holds from this step on, or undefined to leave the masks as they are
   */
  at(step: number, steps: number, weights: ReadonlyMap<number, Float32Array>): TrainMasks | undefined;
  /** The step at which the last masks are given, 0 unless said: early stopping takes no epoch that ends before it. */
  settled?(steps: number): number;
}

/** Made for one batch from the weights as they are now, by tensor index. */
export type TransformOf = (batch: Batch, weights: ReadonlyMap<number, Float32Array>) => Transform;

export interface TrainOptions {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly optimizer?: OptimizerName;
  /** Unless given 0.001 for Adam and 0.01 for SGD. */
  readonly learningRate?: number;
  /** Of SGD. */
  readonly momentum?: number;
  readonly schedule?: Schedule;
  /** Share of each weight (not of biases) that a step of rate 1 takes off. */
  readonly weightDecay?: number;
  /** cross-entropy wants labels; mse the data's targets, or labels as numbers (one output) or one-hot (several). */
  readonly loss?: Loss;
  readonly penalty?: Penalty;
  /** Initial weights are the graph's own; the seed decides order and split. Same seed, same bytes. */
  readonly seed?: number;
  /** Held-out samples, or the share of the data that is to be held out. */
  readonly validation?: number | Dataset;
  readonly earlyStopping?: EarlyStopping;
  readonly masks?: TrainMasks | MaskSchedule;
  /**
   * What MUL and ADD by a value a channel are behind weights. Frozen, unless said: two factors like others. Batch: batch
   * normalization, each batch by its own mean and variance; the graph gets what their running averages make of it.
   */
  readonly batchNorm?: 'frozen' | 'batch';
  /** Stands between tensors and their readers, in training and on held-out samples alike. */
  readonly transform?: TransformOf;
  /** Changes samples each time they are trained on; held-out samples stay as they are. */
  readonly augment?: Augment;
  readonly onProgress?: (progress: TrainProgress) => void;
  /** A file, replaced as a whole after each epoch. */
  readonly checkpoint?: string;
  /** Goes on from the checkpoint, if it is there: to the same bytes as without the interruption. */
  readonly resume?: boolean;
  /** Ends the training between two steps by throwing its reason. */
  readonly signal?: AbortSignal;
  /** By default wasm, or cpu where it does not start. */
  readonly backend?: Backend;
}

type Always =
  | 'epochs'
  | 'batchSize'
  | 'optimizer'
  | 'learningRate'
  | 'momentum'
  | 'schedule'
  | 'weightDecay'
  | 'loss'
  | 'batchNorm'
  | 'seed';

export type Settings = TrainOptions & Required<Pick<TrainOptions, Always>>;

export function settingsOf(options: TrainOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const optimizer = options.optimizer ?? 'adam';
  return {
    epochs: 10,
    batchSize: 32,
    optimizer,
    learningRate: optimizer === 'adam' ? 1e-3 : 1e-2,
    momentum: 0,
    schedule: 'constant',
    weightDecay: 0,
    loss: 'cross-entropy',
    batchNorm: 'frozen',
    seed: 1,
    ...given,
  };
}
