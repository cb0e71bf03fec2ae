/** Masked weights as zeros in the model, and how sparse each layer is. */
import { inputError } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import type { Masks } from './masks.js';
import { weightMatrices } from './weight_matrix.js';

export interface LayerSparsity {
  readonly name: string;
  readonly type: string;
  readonly weights: number;
  readonly zeros: number;
}

/**
 * Same tensors at the same indices; zeros where a mask has 0.
 * @throws CrimpError `bad-mask` when a mask does not fit its tensor
 */
export function applyMasks(graph: Graph, masks: Masks): Graph {
  const tensors = [...graph.tensors];
  for (const [index, mask] of masks) {
    const tensor = graph.tensors[index];
    if (!(tensor?.data instanceof Float32Array) || tensor.data.length !== mask.length) {
      const message = `a mask of ${mask.length} elements is for a tensor that is no constant of as many floats`;
      const where = { tensor: { index, name: tensor?.name ?? '' } };
      throw inputError('bad-mask', message, 'Make the masks from this very graph.', where);
    }
    tensors[index] = { ...tensor, data: tensor.data.map((w, i) => (mask[i] === 0 ? 0 : w)) };
  }
  return { ...graph, tensors };
}

/** That hold every weight at 0 that is 0 now. */
export function zeroMasks(graph: Graph): Masks {
  return new Map(
    weightMatrices(graph).map(({ tensor, data }) => [
      tensor,
      Uint8Array.from(data, (w) => (w === 0 ? 0 : 1)),
    ]),
  );
}

/** Of every layer with weights; zeros that were there before count too. */
export function sparsityOf(graph: Graph): LayerSparsity[] {
  return weightMatrices(graph).map(({ op, data }) => ({
    name: graph.ops[op]!.name,
    type: graph.ops[op]!.type,
    weights: data.length,
    zeros: data.reduce((n, w) => n + (w === 0 ? 1 : 0), 0),
  }));
}
