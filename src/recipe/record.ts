/** What a run leaves behind, so that it can be told what was done, and done again. Plain data that JSON can carry. */
import type { Figures } from './figures.js';
import type { ResolvedPlan, ResolvedRecipe } from './schema.js';
import type { StepOutcome } from './steps/step.js';
import type { Versions } from './versions.js';

/** A model on its way: behind a step, or before the first. */
export interface ModelRecord extends Figures {
  /** Of its .tflite. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface StepRecord extends ModelRecord, StepOutcome {
  readonly step: string;
  readonly seconds: number;
}

/** Of any run. */
export interface RunRecord {
  readonly versions: Versions;
  readonly plan: ResolvedPlan;
  readonly before: ModelRecord;
  readonly steps: readonly StepRecord[];
}

/** A file that a run has read. */
export interface InputRecord {
  /** `model`, `data.train`, `steps[1].teacher` … */
  readonly role: string;
  /** As the recipe names it, from its own folder. */
  readonly file: string;
  readonly sha256: string;
}

/** Of a run from files; `<output>.record.json`. */
export interface FileRecord {
  readonly format: 'crimp-record';
  readonly version: 1;
  /** `running` until the output is there. */
  readonly status: 'running' | 'finished';
  /** The folder that the recipe's paths are taken from, as seen from the record's own. */
  readonly folder: string;
  /** Where the recipe is code: its file in that folder, and the SHA-256 of it with all that it imports from there. */
  readonly code?: { readonly file: string; readonly sha256: string };
  /** With every default in its place; of functions only that they are there. */
  readonly recipe: ResolvedRecipe;
  readonly inputs: readonly InputRecord[];
  readonly versions: Versions;
  readonly before: ModelRecord | null;
  readonly steps: readonly StepRecord[];
}

/** Functions cannot be written down; that they are there can. */
export function plain<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => (typeof inner === 'function' ? { function: inner.name } : inner)),
  ) as T;
}
