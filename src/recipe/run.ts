/** Runs a recipe's steps, one after the other, on a model and data in memory. */
import { findTarget } from '../../targets/index.js';
import { floatOnly } from '../compress/prune/float_only.js';
import { CrimpError, type Diagnostic } from '../diagnostics.js';
import { exportTflite } from '../exporters/tflite/export.js';
import { checkGraph } from '../graph/check.js';
import type { Graph } from '../graph/graph.js';
import { importModel } from '../importers/index.js';
import { checkRecipeData } from './check_data.js';
import { type Figures, figuresOf } from './figures.js';
import { parsePlan } from './parse.js';
import { placeOf } from './problems.js';
import type { ModelRecord, RunRecord, StepRecord } from './record.js';
import type { Plan, ResolvedPlan, ResolvedStep } from './schema.js';
import { sha256Of } from './sha256.js';
import { runDistill } from './steps/distill.js';
import { runPrune } from './steps/prune.js';
import { prunesWeights } from './steps/prune_check.js';
import { runQuantize } from './steps/quantize.js';
import type { RecipeData, StepContext, StepResult, TrainDetail } from './steps/step.js';
import { runTrain } from './steps/train.js';
import { versionsOf } from './versions.js';

export interface RecipeInputs {
  /** Float32, checked by `checkGraph`. */
  readonly model: Graph;
  readonly data?: RecipeData;
  /** Teachers and students that steps name, by the paths they name them by. */
  readonly models?: ReadonlyMap<string, Graph>;
}

export interface RecipeProgress {
  /** From 0; −1 while the model is looked at that the recipe begins with. */
  readonly step: number;
  readonly steps: number;
  /** What is going on: the step's name, or a part of its work. */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** While something trains. */
  readonly training?: TrainDetail;
}

/** What an earlier run has come to. */
export interface Finished {
  readonly before: ModelRecord;
  /** With the .tflite of each. */
  readonly steps: readonly { readonly record: StepRecord; readonly bytes: Uint8Array }[];
}

export interface RunOptions {
  readonly onProgress?: (progress: RecipeProgress) => void;
  /** When the model that the recipe begins with has been looked at. */
  readonly onBefore?: (before: ModelRecord) => void;
  /** After each step, with its .tflite. */
  readonly onStep?: (index: number, record: StepRecord, bytes: Uint8Array) => void;
  /** Goes on behind these steps. */
  readonly finished?: Finished;
  /** A file for what is trained under a name within a step. */
  readonly checkpoint?: (step: number, name: string) => string;
  readonly signal?: AbortSignal;
  /** Does work that leaves no turn for signals. */
  readonly synchronously?: <T>(work: () => T) => T;
}

export interface RecipeRun {
  readonly graph: Graph;
  /** Its .tflite. */
  readonly bytes: Uint8Array;
  readonly record: RunRecord;
}

/**
 * Each step gets the model as the .tflite of the step before holds it, so that a run that was interrupted comes to the same
 * bytes. The same plan, inputs and versions give the same bytes.
 *
 * @throws CrimpError with all that is known to be wrong before anything runs (`recipe`, `data-labels`, `already-quantized`);
 *   later as the steps' own functions, with the step's place
 */
export async function runRecipe(
  wanted: Plan,
  inputs: RecipeInputs,
  options: RunOptions = {},
): Promise<RecipeRun> {
  const { data = {} } = inputs;
  const plan = parsePlan(wanted, { train: !!data.train, validation: !!data.validation });
  checkInputs(plan, inputs);
  const versions = await versionsOf(plan.steps.some(trains));
  const run: Run = { plan, inputs, options, models: [asStored(inputs.model)] };
  const before = options.finished?.before ?? (await lookAt(run, -1));
  options.onBefore?.(before);
  const steps: StepRecord[] = [];
  for (const [index, step] of plan.steps.entries()) {
    const known = options.finished?.steps[index];
    if (known) {
      run.models.push(reread(inputs.model, known.bytes));
      steps.push(known.record);
      continue;
    }
    const record = await inPlace(index, () => runStep(run, index, step));
    steps.push(record);
    options.onStep?.(index, record, run.models[index + 1]!.bytes);
  }
  const { graph, bytes } = run.models.at(-1)!;
  return { graph, bytes, record: { versions, plan, before, steps } };
}

/** A model as a .tflite, and as that file holds it. */
interface Stored {
  readonly bytes: Uint8Array;
  readonly graph: Graph;
}

interface Run {
  readonly plan: ResolvedPlan;
  readonly inputs: RecipeInputs;
  readonly options: RunOptions;
  /** The one that it begins with, and those behind the steps. */
  readonly models: Stored[];
}

function asStored(graph: Graph): Stored {
  return reread(graph, exportTflite(graph));
}

function reread({ name }: Graph, bytes: Uint8Array): Stored {
  return { bytes, graph: importModel(bytes, { name }) };
}

function checkInputs({ steps }: ResolvedPlan, { model, data = {}, models }: RecipeInputs): void {
  floatOnly(model);
  const problems = [...checkGraph(model), ...checkRecipeData(steps, data, models)];
  if (problems.some(({ severity }) => severity === 'error')) throw new CrimpError(problems);
}

export function trains(step: ResolvedStep): boolean {
  switch (step.step) {
    case 'quantize':
      return step.qat !== undefined;
    case 'prune':
      return step.finetune !== undefined || step.sparsify !== undefined || step.importance === 'taylor';
    default:
      return true;
  }
}

async function runStep(run: Run, index: number, step: ResolvedStep): Promise<StepRecord> {
  const began = performance.now();
  const { graph, outcome } = await dispatch(run.models[index]!.graph, step, contextOf(run, index));
  run.models.push(asStored(graph));
  const figures = await lookAt(run, index);
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  return { step: step.step, ...figures, ...outcome, seconds };
}

function dispatch(graph: Graph, step: ResolvedStep, context: StepContext): Promise<StepResult> {
  switch (step.step) {
    case 'train':
      return runTrain(graph, step, context);
    case 'prune':
      return runPrune(graph, step, context);
    case 'distill':
      return runDistill(graph, step, context);
    case 'quantize':
      return runQuantize(graph, step, context);
  }
}

async function lookAt(run: Run, index: number): Promise<ModelRecord> {
  const { graph, bytes } = run.models[index + 1]!;
  const { target, measure } = run.plan;
  const context = contextOf(run, index);
  const figures: Figures = await figuresOf(graph, { target: findTarget(target), measure, context });
  return { sha256: sha256Of(bytes), bytes: bytes.length, ...figures };
}

function contextOf({ plan, inputs, options, models }: Run, index: number): StepContext {
  const { checkpoint, finished, signal, synchronously, onProgress } = options;
  return {
    target: findTarget(plan.target),
    data: inputs.data ?? {},
    seed: plan.steps[index]?.seed ?? plan.seed,
    keepZeros: plan.steps.slice(0, index).some(prunesWeights),
    behind: (step) => models[step + 1]!.graph,
    named: (file) => inputs.models!.get(file)!,
    checkpoint: (name) => checkpoint?.(index, name),
    resume: finished !== undefined && checkpoint !== undefined,
    signal,
    synchronously: synchronously ?? ((work) => work()),
    onProgress: (phase, done, total, training) =>
      onProgress?.({ step: index, steps: plan.steps.length, phase, done, total, training }),
  };
}

/** What goes wrong inside of a step says so. */
async function inPlace<T>(index: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof CrimpError)) throw thrown;
    const placed = (d: Diagnostic) => ({ ...d, where: { place: placeOf(['steps', index]), ...d.where } });
    throw new CrimpError(thrown.diagnostics.map(placed), thrown.exitCode);
  }
}
