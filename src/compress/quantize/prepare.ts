/** A float graph ready to be quantized, or every reason why it cannot be. */
import type { Dataset } from '../../data/index.js';
import { CrimpError, type Diagnostic, error, inputError } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { AnyOp, Graph, Op } from '../../graph/graph.js';
import { quantizationRules } from '../../ops/quantization_rules.js';
import { definitionOf } from '../../ops/registry.js';
import { equalizeChannels } from '../../passes/equalize_channels.js';
import { foldActivation } from '../../passes/fold_activation.js';
import { foldBatchNorm } from '../../passes/fold_batch_norm.js';
import { removeDeadOps } from '../../passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import type { ActivationType } from './parameters.js';
import type { WeightsType } from './weights.js';

export interface Preparation {
  readonly activations: ActivationType;
  readonly weights: WeightsType;
  readonly equalize: boolean;
}

/** @throws CrimpError `already-quantized`, `not-float`, `cannot-quantize` */
export function prepare(graph: Graph, { activations, weights, equalize }: Preparation): Graph {
  refuseQuantized(graph);
  refuseCombination(activations, weights);
  const folded = [removeDeadOps, foldBatchNorm, foldActivation, removeUnusedTensors].reduce(
    (current, pass) => pass(current),
    graph,
  );
  const problems = [
    ...[...folded.inputs, ...folded.outputs].flatMap((t) => endProblem(folded, t)),
    ...folded.ops.flatMap((op, index) => opProblem(folded, op, index, activations)),
  ];
  if (problems.length > 0) throw new CrimpError(problems);
  return equalize ? removeUnusedTensors(equalizeChannels(folded)) : folded;
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

function endProblem(graph: Graph, index: number): Diagnostic[] {
  const { name, dtype } = graph.tensors[index]!;
  if (dtype === 'float32') return [];
  const message = `an input or output is ${dtype}; a float32 one is needed`;
  return [error('not-float', message, 'Export the model in float32.', { tensor: { index, name } })];
}

function opProblem(graph: Graph, op: AnyOp, index: number, dtype: ActivationType): Diagnostic[] {
  const float = op.outputs.every((t) => graph.tensors[t]!.dtype === 'float32');
  const rule = quantizationRules[op.type];
  // Where no rule speaks of weights, the second operand is quantized as an activation.
  const kernel = definitionOf(op as Op).supports.some(
    (c) =>
      c.input === dtype &&
      c.output === dtype &&
      (rule?.weights !== undefined || (c.weights ?? dtype) === dtype),
  );
  if (rule && kernel && float) return [];
  const message = float ? `${op.type} has no ${dtype} form here` : `${op.type} does not compute in float32`;
  const hint = 'Replace the layer, or cut the model before it.';
  return [error('cannot-quantize', message, hint, { op: { index, type: op.type, name: op.name } })];
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
