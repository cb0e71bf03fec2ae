/**
 * What a layer's loops do, in numbers: the cost model (cost_model.ts) knows for each kernel what one of each takes.
 * Where a kernel says nothing of its own, it is counted from the operator alone.
 */
import { elementCount } from '../../src/graph/access.js';
import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { macsOf } from '../../src/ops/registry.js';
import { type SlidingWindow, type Taps, tapsInside } from '../../src/ops/sliding_window.js';

/**
 * Named counts of one inference: `{ calls: 1, macs: 4608, outputs: 64 }`. Names are the kernel's own; each stands for
 * something whose cycles are the same in every layer that the kernel computes, and never takes less than none.
 */
export type Work = Readonly<Record<string, number>>;

/** Calls, elements read and written, how often the last dimension is walked, and MACs, whatever the kernel. */
export function workOfOp(op: AnyOp, graph: Graph): Work {
  const elements = (tensors: readonly number[]) =>
    tensors.reduce((n, t) => n + elementCount(graph.tensors[t]!.shape), 0);
  const values = op.inputs.filter((t) => t >= 0 && !graph.tensors[t]!.data);
  const outputs = elements(op.outputs);
  const last = graph.tensors[op.outputs[0] ?? -1]?.shape.at(-1) ?? 1;
  return {
    calls: 1,
    inputs: elements(values),
    outputs,
    rows: outputs / Math.max(1, last),
    macs: macsOf(op, graph),
  };
}

/**
 * Of a window that leaves out the padding: its pixels, and at each so many `outputs`, each of whose taps takes `macs`
 * multiplications.
 */
export function windowWork(w: SlidingWindow & { readonly batch: number }, outputs: number, macs = 1): Work {
  const { windows, rows, taps } = windowCounts(w);
  return {
    calls: 1,
    pixels: windows,
    outputs: windows * outputs,
    rows: rows * outputs,
    taps: taps * outputs,
    macs: taps * outputs * macs,
  };
}

/**
 * The loops of a window that leaves out the padding: places of it (`windows`), its rows and its taps that lie inside
 * the image, over all output pixels. They are to be multiplied by what is done at each.
 */
export function windowCounts(w: SlidingWindow & { readonly batch: number }) {
  const { rows, columns } = tapsInside(w);
  const inside = ({ begin, end }: Taps) => end.reduce((n, last, i) => n + last - begin[i]!, 0);
  return {
    windows: w.batch * w.output.height * w.output.width,
    rows: w.batch * inside(rows) * w.output.width,
    taps: w.batch * inside(rows) * inside(columns),
  };
}
