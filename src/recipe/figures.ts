/** What every model on the way is held against: accuracy, what it computes, what it takes of the device. */
import type { Target } from '../../targets/target.js';
import { sparsityOf } from '../compress/prune/apply_masks.js';
import { macsOfGraph } from '../compress/prune/cost.js';
import { CrimpError } from '../diagnostics.js';
import { type PlannedFootprint, plannedFootprint } from '../footprint.js';
import { elementCount } from '../graph/access.js';
import type { DType, Graph } from '../graph/graph.js';
import { type MeasuredFootprint, measuredFootprint } from '../measure/footprint.js';
import { simulatedAccuracy } from '../measure/simulated_accuracy.js';
import type { StepContext } from './steps/step.js';

export interface Figures {
  /** Of activations. */
  readonly dtype: DType;
  /** In the simulator, on the held-out samples; null where none with labels are held out. */
  readonly accuracy: number | null;
  /** Of layers with weights; `zeros` are what pruning has left of them. */
  readonly weights: { readonly count: number; readonly zeros: number };
  /** Weights, biases, scales and offsets. */
  readonly parameters: number;
  /** Of one inference. */
  readonly macs: number;
  readonly device: DeviceFigures;
}

export interface DeviceFigures extends PlannedFootprint {
  /** The whole firmware, and core cycles of one inference; null where they were not measured or it does not fit. */
  readonly flashBytes: number | null;
  readonly cycles: number | null;
  readonly counts?: MeasuredFootprint['counts'];
}

export interface FiguresOptions {
  readonly target: Target;
  readonly measure: boolean;
  readonly context: Pick<StepContext, 'data' | 'signal' | 'onProgress'>;
}

export async function figuresOf(
  graph: Graph,
  { target, measure, context }: FiguresOptions,
): Promise<Figures> {
  const { data, signal } = context;
  const held = data.test ?? data.validation;
  const onProgress = (done: number, total: number) => context.onProgress('accuracy', done, total);
  const layers = sparsityOf(graph);
  const sum = (of: 'weights' | 'zeros') => layers.reduce((n, layer) => n + layer[of], 0);
  return {
    dtype: graph.tensors[graph.ops[0]?.outputs[0] ?? graph.outputs[0]!]!.dtype,
    accuracy: held?.labels ? await simulatedAccuracy(graph, held, { onProgress, signal }) : null,
    weights: { count: sum('weights'), zeros: sum('zeros') },
    parameters: parametersOf(graph),
    macs: macsOfGraph(graph),
    device: await deviceFigures(graph, target, measure),
  };
}

async function deviceFigures(graph: Graph, target: Target, measure: boolean): Promise<DeviceFigures> {
  const planned = { ...plannedFootprint(graph, target), flashBytes: null, cycles: null };
  if (!measure) return planned;
  try {
    return await measuredFootprint(graph, target);
  } catch (thrown) {
    // A model on its way may still be too large; where it ends, `build` tells.
    if (thrown instanceof CrimpError && thrown.diagnostics.every(({ code }) => code === 'model-too-large')) {
      return planned;
    }
    throw thrown;
  }
}

/** Elements of all constants that are quantities, shared ones once. */
function parametersOf({ ops, tensors }: Graph): number {
  const constants = new Set(
    ops.flatMap(({ inputs }) =>
      inputs.filter((t) => {
        const { data, dtype, quantization } = tensors[t] ?? {};
        return data && (dtype === 'float32' || quantization);
      }),
    ),
  );
  return [...constants].reduce((n, t) => n + elementCount(tensors[t]!.shape), 0);
}
