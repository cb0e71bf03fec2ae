/** A float graph ready to be quantized, or every reason why it cannot be. */
import type { Dataset } from '../../data/index.js';
import { CrimpError, type Diagnostic, error, inputError } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { AnyOp, Graph } from '../../graph/graph.js';
import { equalizeChannels } from '../../passes/equalize_channels.js';
import { foldActivation } from '../../passes/fold_activation.js';
import { foldBatchNorm } from '../../passes/fold_batch_norm.js';
import { removeDeadOps } from '../../passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { bridgeIslands, hasIntegerForm, touchesFloat } from './islands.js';
import type { ActivationType } from './parameters.js';
import { splitActivation } from './split_activation.js';
import { splitAddN } from './split_add_n.js';
import { splitPadding } from './split_padding.js';
import type { WeightsType } from './weights.js';

export interface Preparation {
  readonly activations: ActivationType;
  readonly weights: WeightsType;
  readonly equalize: boolean;
  /** Refuses operators that would stay in float. */
  readonly integerOnly?: boolean;
}

/** @throws CrimpError `already-quantized`, `not-float`, `cannot-quantize` */
export function prepare(
  graph: Graph,
  { activations, weights, equalize, integerOnly = false }: Preparation,
): Graph {
  refuseQuantized(graph);
  refuseCombination(activations, weights);
  const folded = [
    removeDeadOps,
    splitAddN,
    foldBatchNorm,
    foldActivation,
    splitActivation,
    splitPadding,
    removeUnusedTensors,
  ].reduce((current, pass) => pass(current), graph);
  const problems = [
    ...notFloat(folded),
    ...folded.ops.flatMap((op, index) => opProblem(folded, op, index, activations, integerOnly)),
  ];
  if (problems.length > 0) throw new CrimpError(problems);
  const equalized = equalize ? removeUnusedTensors(equalizeChannels(folded)) : folded;
  return bridgeIslands(equalized, activations);
}

function refuseCombination(activations: ActivationType, weights: WeightsType): void {
  if (activations === 'int8' || weights === 'int8') return;
  const message = `TensorFlow Lite Micro has no kernels for ${activations} activations with ${weights} weights`;
  throw inputError('cannot-quantize', message, 'Take int8 for one of the two.');
}

function refuseQuantized(graph: Graph): void {
  const first = graph.ops.find((op) => {
    const touched = [...op.inputs, ...op.outputs].map((t) => graph.tensors[t]);
    return touched.some((t) => t && t.dtype !== 'float32' && (t.quantization?.scale[0] ?? 0) > 0);
  });
  if (!first) return;
  const where = { op: { index: graph.ops.indexOf(first), type: first.type, name: first.name } };
  const message = `${graph.name} is quantized already`;
  throw inputError(
    'already-quantized',
    message,
    'Use it as it is, or give the float model it came from.',
    where,
  );
}

function notFloat(graph: Graph): Diagnostic[] {
  if (graph.ops.some((op) => touchesFloat(graph, op))) return [];
  return [error('not-float', `nothing in ${graph.name} computes in float32`, 'Export the model in float32.')];
}

function opProblem(
  graph: Graph,
  op: AnyOp,
  index: number,
  dtype: ActivationType,
  integerOnly: boolean,
): Diagnostic[] {
  if (!touchesFloat(graph, op) || hasIntegerForm(graph, op, dtype)) return [];
  const where = { op: { index, type: op.type, name: op.name } };
  if (op.type === 'UNSUPPORTED') {
    const message = `${op.attributes.builtin} is not supported`;
    return [error('cannot-quantize', message, 'Replace the layer, or cut the model before it.', where)];
  }
  if (!integerOnly) return [];
  const hint = 'Replace the layer, or let it stay in float: leave --integer-only away.';
  return [error('cannot-quantize', `${op.type} has no ${dtype} form here`, hint, where)];
}

/** @throws CrimpError `data-shape` when the data are not samples of the graph's inputs */
export function checkDataset(graph: Graph, dataset: Dataset): void {
  const wanted = graph.inputs.map((t) => dataset.count * elementCount(graph.tensors[t]!.shape));
  const given = dataset.inputs.map((values) => values.length);
  if (dataset.count > 0 && wanted.join() === given.join()) return;
  const shapes = graph.inputs.map((t) => `[${graph.tensors[t]!.shape}]`).join(' and ');
  const message =
    dataset.count > 0
      ? `the calibration data hold ${given.join(' and ')} values; ${dataset.count} samples of ${shapes} are ${wanted.join(' and ')}`
      : 'the calibration data hold no samples';
  throw inputError('data-shape', message, 'Give samples in the layout of the model; a few hundred are good.');
}
