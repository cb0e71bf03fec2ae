/** What a model on its way takes of a device: as the int8 that it is in the end, where it can be made. */
import type { Target } from '../targets/target.js';
import { quantize } from './compress/quantize/quantize.js';
import type { Dataset } from './data/index.js';
import { CrimpError } from './diagnostics.js';
import { type PlannedFootprint, plannedFootprint } from './footprint.js';
import type { DType, Graph } from './graph/graph.js';
import { type MeasuredFootprint, measuredFootprint } from './measure/footprint.js';
import { fewOf } from './prune_goal.js';

/** Of a float model as it is in int8, where it can be quantized. */
export type OnDevice = (PlannedFootprint | MeasuredFootprint) & { readonly dtype: DType };

/** @param data a few of them are enough for sizes and kernels */
export function deployed(graph: Graph, data: Dataset): Graph {
  try {
    return quantize(graph, fewOf(data), { allowCollapse: true }).graph;
  } catch (thrown) {
    if (!(thrown instanceof CrimpError)) throw thrown;
    return graph;
  }
}

/** @param measure build firmware and run it @throws CrimpError as `plannedFootprint` or `measuredFootprint` */
export async function onDevice(graph: Graph, target: Target, measure = false): Promise<OnDevice> {
  const footprint = measure ? await measuredFootprint(graph, target) : plannedFootprint(graph, target);
  return { dtype: dtypeOf(graph), ...footprint };
}

/** Of its activations: of the first quantized one, where there is any. */
function dtypeOf({ tensors, ops }: Graph): DType {
  const quantized = tensors.find((t) => t.quantization && !t.data && t.dtype !== 'float32');
  return (quantized ?? tensors[ops[0]!.outputs[0]!]!).dtype;
}
