/** Consecutive operators of a graph that can be computed row by row, as bands of rows and the layers between them. */
import { elementBytes } from '../../src/graph/access.js';
import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { imageOf } from '../../src/ops/convolution.js';
import { type RowWindow, rowWindow, valuesOf } from './row_window.js';

/** Rows of a tensor, with the padding that is needed above them. */
export interface Band {
  readonly tensor: number;
  readonly height: number;
  readonly rowBytes: number;
  readonly top: number;
  /** The byte that padding is filled with. */
  readonly padding: number;
}

export interface RowLayer {
  readonly op: AnyOp;
  readonly window: RowWindow;
  /** Indices of bands, of the op's inputs that are no constants; its output is the band of its own index and one. */
  readonly inputs: readonly number[];
}

export interface Chain {
  /** The first is the chain's input, the last its output. */
  readonly bands: readonly Band[];
  readonly layers: readonly RowLayer[];
}

/**
 * @returns undefined where these ops are no chain: one of them takes no rows, they read more than one tensor from outside or
 * give more than the last one's, or they do not agree on what surrounds a tensor
 */
export function chainOf(ops: readonly AnyOp[], graph: Graph): Chain | undefined {
  const tensors = [valuesOf(ops[0]!, graph)[0] ?? -1, ...ops.map((op) => op.outputs[0]!)];
  const layers: RowLayer[] = [];
  for (const op of ops) {
    const window = rowWindow(op, graph);
    if (!window) return undefined;
    const inputs = valuesOf(op, graph).map((t) => tensors.indexOf(t));
    if (inputs.some((band) => band < 0 || band > layers.length)) return undefined;
    layers.push({ op, window, inputs });
  }
  const bands = tensors.map((tensor, i) => bandOf(tensor, graph, layers, i));
  if (bands.some((band) => band === undefined)) return undefined;
  // Whatever is computed is used, and in the chain.
  const used = new Set(layers.flatMap((layer) => layer.inputs));
  if (ops.some((_, i) => i < ops.length - 1 && !used.has(i + 1))) return undefined;
  return { bands: bands as Band[], layers };
}

function bandOf(tensor: number, graph: Graph, layers: readonly RowLayer[], index: number): Band | undefined {
  const image = imageOf(graph.tensors[tensor]!)!;
  const readers = layers.filter((layer) => layer.inputs.includes(index));
  let top = 0;
  const paddings = new Set<number | undefined>();
  for (const { op, window } of readers) {
    const rows = imageOf(graph.tensors[op.outputs[0]!]!)!.height;
    const below = (rows - 1) * window.stride - window.top + window.size - image.height;
    top = Math.max(top, window.top);
    if (window.top > 0 || below > 0) paddings.add(window.padding);
  }
  const [padding = 0] = paddings;
  if (paddings.size > 1 || paddings.has(undefined)) return undefined;
  const rowBytes = image.width * image.channels * elementBytes(graph.tensors[tensor]!.dtype);
  return { tensor, height: image.height, rowBytes, top, padding };
}
