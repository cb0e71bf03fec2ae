/** The state of a training between two epochs, as a file: an .npz of its arrays, with the figures as JSON beside them. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Dataset } from '../data/index.js';
import { formatNpz, parseNpz } from '../data/npz.js';
import { inputError } from '../diagnostics.js';
import { readInputFile, replaceFile } from '../files.js';
import type { Graph } from '../graph/graph.js';
import { hashGraph } from '../graph/hash.js';
import type { EpochMetrics, Settings } from './options.js';

export interface TrainingState {
  /** One for each variable. */
  readonly values: readonly Float32Array[];
  /** As they stand; undefined where there is none. */
  masks: readonly (Uint8Array | undefined)[];
  /** Of the optimizer. */
  readonly first: readonly Float32Array[];
  readonly second: readonly Float32Array[];
  /** Of the epoch with the lowest validation loss; empty without early stopping. */
  best: readonly Float32Array[];
  /** Mean and variance of each batch norm, by turns; empty where they are frozen. */
  readonly running: readonly Float32Array[];
  /** Steps taken. */
  step: number;
  history: readonly EpochMetrics[];
}

const lists = ['values', 'first', 'second', 'best', 'running'] as const;

/** What must be alike for a training to go on where another ended. Functions cannot be compared; that they are there can. */
export function fingerprintOf(graph: Graph, data: Dataset, settings: Settings, backend: string): string {
  const hash = createHash('sha256');
  const { masks, validation, onProgress, checkpoint, resume, signal, ...rest } = settings;
  const comparable = (_: string, value: unknown) => (typeof value === 'function' ? 'function' : value);
  hash.update(`${hashGraph(graph)} ${backend} ${JSON.stringify(Object.entries(rest).sort(), comparable)}\n`);
  const add = (values: Float32Array | Int32Array | Uint8Array | undefined) => {
    hash.update(`${values?.length}\n`);
    if (values) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  for (const set of [data, validation]) {
    if (typeof set !== 'object') hash.update(`${set}\n`);
    else for (const values of [...set.inputs, set.labels, set.targets]) add(values);
  }
  if (masks && 'at' in masks) hash.update('masks that change\n');
  for (const [tensor, mask] of masks && !('at' in masks) ? masks : []) {
    hash.update(`mask ${tensor}\n`);
    add(mask);
  }
  return hash.digest('hex');
}

export function writeCheckpoint(file: string, fingerprint: string, state: TrainingState): void {
  const { step, history } = state;
  const figures = new TextEncoder().encode(JSON.stringify({ fingerprint, step, history }));
  const entry = (list: string, values: Float32Array | Uint8Array, i: number) =>
    [`${list}/${i}`, { values, shape: [values.length] }] as const;
  const arrays = [
    ...lists.flatMap((list) => state[list].map((values, i) => entry(list, values, i))),
    ...state.masks.flatMap((mask, i) => (mask ? [entry('masks', mask, i)] : [])),
  ];
  replaceFile(file, formatNpz([['figures', { values: figures, shape: [figures.length] }], ...arrays], 0));
}

/** @returns undefined when there is no such file. @throws CrimpError `cannot-read`, `data-format`, `checkpoint` */
export function readCheckpoint(file: string, fingerprint: string): TrainingState | undefined {
  if (!existsSync(file)) return undefined;
  const arrays = parseNpz(readInputFile(file, 'Give the path of a checkpoint.'), file);
  const hint =
    'Resume with the model, data and options of the run that wrote it, or start anew without --resume.';
  const figures = arrays.get('figures')?.values;
  if (!(figures instanceof Uint8Array)) throw inputError('checkpoint', 'is no checkpoint', hint, { file });
  const { step, history, ...written } = JSON.parse(new TextDecoder().decode(figures)) as {
    fingerprint: string;
    step: number;
    history: EpochMetrics[];
  };
  if (written.fingerprint !== fingerprint) {
    throw inputError('checkpoint', 'belongs to another training', hint, { file });
  }
  const [values, first, second, best, running] = lists.map((list) => {
    const held: Float32Array[] = [];
    for (let i = 0; arrays.has(`${list}/${i}`); i++) {
      held.push(Float32Array.from(arrays.get(`${list}/${i}`)!.values as Float32Array));
    }
    return held;
  });
  const masks = values!.map((_, i) => arrays.get(`masks/${i}`)?.values as Uint8Array | undefined);
  const arraysOfState = { values: values!, first: first!, second: second!, best: best!, running: running! };
  return { ...arraysOfState, masks, step, history };
}

/** The file of one stage of a training in several: run.npz → run.round-1.npz. */
export function stageCheckpoint(file: string, stage: string | undefined): string {
  if (stage === undefined) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}.${stage}${ext}`);
}
