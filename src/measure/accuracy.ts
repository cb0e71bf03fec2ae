/** Classification accuracy from raw outputs. */
import { allocate, byteSize, elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';

/**
 * Share of answers whose largest value in the first output stands at the label's index; the first of equals wins.
 * Comparing integers is enough: dequantization is monotonic.
 */
export function accuracyOf(graph: Graph, answers: readonly Uint8Array[], labels: ArrayLike<number>): number {
  if (answers.length === 0) return 0;
  const right = answers.filter((answer, i) => argMax(firstOutput(graph, answer)) === labels[i]).length;
  return right / answers.length;
}

/** The first output's values out of the raw bytes of all outputs. */
export function firstOutput(graph: Graph, answer: Uint8Array): ArrayLike<number> {
  const tensor = graph.tensors[graph.outputs[0]!]!;
  const values = allocate(tensor.dtype, elementCount(tensor.shape));
  new Uint8Array(values.buffer).set(answer.subarray(0, byteSize(tensor)));
  return values instanceof BigInt64Array ? Array.from(values, Number) : values;
}

export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
