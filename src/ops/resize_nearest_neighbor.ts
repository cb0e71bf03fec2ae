/**
 * RESIZE_NEAREST_NEIGHBOR: pixels as they stand; which one is computed in float32. TFLM:
 * kernels/resize_nearest_neighbor.cc, reference/resize_nearest_neighbor.h.
 */
import { elementBytes, inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { tfLiteRound } from '../numerics/rounding.js';
import { type OpDefinition, sameDType } from './op.js';
import {
  type ResizeAttributes,
  type ResizedImages,
  resizedImages,
  resizedShape,
  resizeProblems,
} from './resizing.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    RESIZE_NEAREST_NEIGHBOR: ResizeAttributes;
  }
}

export interface ResizeNearestNeighborParameters extends ResizedImages {
  /** Bytes of a pixel, all channels of it. */
  readonly pixelBytes: number;
  /** The input's row for each of the output, and column. */
  readonly rows: Uint16Array;
  readonly columns: Uint16Array;
}

const supports = sameDType('int8', 'int16', 'float32');

/** GetNearestNeighbor for every place along one side. */
function nearest(
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): Uint16Array {
  const scale = alignCorners && to > 1 ? Math.fround((from - 1) / (to - 1)) : Math.fround(from / to);
  const offset = halfPixelCenters ? 0.5 : 0;
  return Uint16Array.from({ length: to }, (_, i) => {
    const place = Math.fround(Math.fround(i + offset) * scale);
    return Math.max(0, Math.min(alignCorners ? tfLiteRound(place) : Math.floor(place), from - 1));
  });
}

/** Call only on an op whose `check` found nothing. */
export function resizeNearestNeighborParameters(
  op: Op<'RESIZE_NEAREST_NEIGHBOR'>,
  graph: Graph,
): ResizeNearestNeighborParameters {
  const images = resizedImages(op, graph);
  const { input, output, channels } = images;
  return {
    ...images,
    pixelBytes: channels * elementBytes(inputTensor(graph, op).dtype),
    rows: nearest(input.height, output.height, op.attributes),
    columns: nearest(input.width, output.width, op.attributes),
  };
}

export const resizeNearestNeighbor: OpDefinition<'RESIZE_NEAREST_NEIGHBOR'> = {
  type: 'RESIZE_NEAREST_NEIGHBOR',
  supports,
  check: (op, graph) => resizeProblems(op, graph, supports),
  infer: (op, graph) => [resizedShape(op, graph)],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = resizeNearestNeighborParameters(op, graph);
    const [from, to] = [memory[op.inputs[0]!] as Float32Array, memory[op.outputs[0]!] as Float32Array];
    const { height, width } = p.input;
    return () => {
      for (let batch = 0, o = 0; batch < p.batch; batch++) {
        for (const row of p.rows) {
          for (const column of p.columns) {
            const first = ((batch * height + row) * width + column) * p.channels;
            for (let c = 0; c < p.channels; c++) to[o++] = from[first + c]!;
          }
        }
      }
    };
  },
};
