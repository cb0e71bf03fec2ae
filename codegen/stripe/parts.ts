/** A chain's layers over bands of rows, and the steps that are best for them. */
import type { Graph, Op } from '../../src/graph/graph.js';
import { copyLayer } from '../copy.js';
import { workOfOp } from '../cost/work.js';
import type { Layer, LowerContext } from '../layer.js';
import { bandOp } from './band_op.js';
import type { Chain } from './chain.js';
import type { RowPart } from './emit.js';
import { type Layout, layoutOf } from './layout.js';
import type { Schedule } from './schedule.js';
import { bestSchedule } from './steps.js';

export type LowerOp = (op: Op, graph: Graph, context: LowerContext) => Layer;

/** What calling a layer and moving a byte of a band take, about, of cycles of a Cortex-M0+. */
const callCycles = 600;
const movedByteCycles = 2;
/** What kernels take that were never measured, about. */
const unmeasured = { inputs: 2, outputs: 20, macs: 5 };

/** @param alignment of bands, bytes */
export function partsOf(
  chain: Chain,
  graph: Graph,
  alignment: number,
  context: LowerContext,
  lowerOp: LowerOp,
): { readonly parts: readonly RowPart[]; readonly layout: Layout } {
  const lowered = (i: number, step: number, scratchBytes: number): RowPart => {
    const band = bandOp(chain.layers[i]!, step, graph);
    const work = workOfOp(band.op, band.graph);
    const label = `${context.label}_${i}`;
    const layer = { work, ...lowerOp(band.op as Op, band.graph, { ...context, work, label, scratchBytes }) };
    const output = band.graph.tensors[band.op.outputs[0]!]!;
    return {
      ...band,
      layer: layer.alias === undefined ? layer : copyLayer(context.index, layer.alias, output),
    };
  };
  const known = new Map<string, { readonly scratchBytes: number; readonly cycles: number }>();
  const smallest = (i: number, step: number) => {
    const key = `${i} ${step}`;
    const price = known.get(key) ?? priceOfPart(lowered(i, step, 0), context);
    known.set(key, price);
    return price;
  };
  const scratchOf = (layers: readonly { readonly scratchBytes: number }[]) =>
    layers.reduce((n, layer) => Math.max(n, layer.scratchBytes), 0);
  const priceOf = (schedule: Schedule) => {
    const layers = schedule.steps.map((step, i) => smallest(i, step));
    const calls = schedule.calls.reduce((n, count, i) => n + count * (callCycles + layers[i]!.cycles), 0);
    return {
      bytes: layoutOf(chain, schedule, scratchOf(layers), alignment).bytes,
      cycles: calls + schedule.movedBytes * movedByteCycles,
    };
  };
  const schedule = bestSchedule(chain, context.scratchBytes, priceOf);
  const bands = layoutOf(chain, schedule, 0, alignment);
  // They share it: what one of them needs all can use.
  const least = scratchOf(schedule.steps.map((step, i) => smallest(i, step)));
  const left = Math.max(least, context.scratchBytes - bands.bytes);
  const parts = schedule.steps.map((step, i) => lowered(i, step, left));
  return { parts, layout: layoutOf(chain, schedule, scratchOf(parts.map((p) => p.layer)), alignment) };
}

function priceOfPart({ layer, op, graph }: RowPart, { cost }: LowerContext) {
  const counted = workOfOp(op, graph);
  const guess = Object.entries(unmeasured).reduce((n, [name, each]) => n + each * (counted[name] ?? 0), 0);
  return { scratchBytes: layer.scratchBytes, cycles: cost(layer.kernel, layer.work!) ?? guess };
}
