/** An operator over some rows of its tensors: the same one, on smaller images, so that any of its kernels will do. */

import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { computeEffectiveFilterSize, type Sides } from '../../src/numerics/padding.js';
import { type Extent, imageOf, type Window, windowOutput, windowPadding } from '../../src/ops/convolution.js';
import type { RowLayer } from './chain.js';
import { readAtOnce } from './schedule.js';

/**
 * @param step rows of the output
 * @returns the op, which finds padding of rows in its input, and the graph with its tensors at their own indices
 */
export function bandOp(
  { op, window }: RowLayer,
  step: number,
  graph: Graph,
): { readonly op: AnyOp; readonly graph: Graph } {
  const rows = new Map<number, number>();
  for (const t of op.inputs) if (t >= 0 && !graph.tensors[t]!.data) rows.set(t, readAtOnce(window, step));
  rows.set(op.outputs[0]!, step);
  const tensors = graph.tensors.map((tensor, i) => {
    const height = rows.get(i);
    return height === undefined ? tensor : { ...tensor, shape: tensor.shape.with(1, height) };
  });
  const padding = 'padding' in op.attributes ? { padding: columnsAlone(op, graph) } : {};
  return {
    op: { ...op, attributes: { ...op.attributes, ...padding } } as AnyOp,
    graph: { ...graph, tensors },
  };
}

/** The padding of an op's columns, said by side. */
function columnsAlone(op: AnyOp, graph: Graph): Sides {
  const image = imageOf(graph.tensors[op.inputs[0]!]!)!;
  const attributes = op.attributes as Window & { readonly filter?: Extent };
  const [, height = 1, width = 1] = graph.tensors[op.inputs[1] ?? -1]?.shape ?? [];
  const filter = attributes.filter ?? { height, width };
  const window = { ...attributes, dilation: attributes.dilation ?? { height: 1, width: 1 } };
  const { left } = windowPadding(image, filter, window);
  const columns = windowOutput(image, filter, window).width;
  const reached =
    (columns - 1) * window.stride.width + computeEffectiveFilterSize(filter.width, window.dilation.width);
  return { top: 0, bottom: 0, left, right: Math.max(0, reached - left - image.width) };
}
