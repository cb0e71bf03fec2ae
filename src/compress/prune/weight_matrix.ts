/** The weights of every layer as a matrix: a row for each output channel, its products in the order of the kernel. */
import { elementCount } from '../../graph/access.js';
import type { Graph } from '../../graph/graph.js';

export interface WeightMatrix {
  /** Index of the weights' tensor; one that several ops read is here once. */
  readonly tensor: number;
  /** The first op that reads it. */
  readonly op: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
  /** Where the element lies in `data`. */
  index(row: number, column: number): number;
}

/** Of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED, in the order of the graph. */
export function weightMatrices(graph: Graph): WeightMatrix[] {
  const matrices = new Map<number, WeightMatrix>();
  graph.ops.forEach((op, i) => {
    if (op.type !== 'CONV_2D' && op.type !== 'DEPTHWISE_CONV_2D' && op.type !== 'FULLY_CONNECTED') return;
    const tensor = op.inputs[1]!;
    if (matrices.has(tensor)) return;
    const { shape, data } = graph.tensors[tensor]!;
    const depthwise = op.type === 'DEPTHWISE_CONV_2D';
    const rows = depthwise ? shape[3]! : op.type === 'CONV_2D' ? shape[0]! : shape.at(-2)!;
    const columns = elementCount(shape) / rows;
    matrices.set(tensor, {
      ...{ tensor, op: i, rows, columns, data: data as Float32Array },
      index: depthwise ? (row, column) => column * rows + row : (row, column) => row * columns + column,
    });
  });
  return [...matrices.values()];
}
