/**
 * Checks a plan without planning: plays the layers over a map of the arena that notes, for every byte, whose
 * value it holds. A layer must find all of its inputs whole. Shares nothing with the planner but the Plan.
 */
import type { Graph } from '../../src/graph/graph.js';
import type { Placement, Plan, PlanLayer } from '../../src/planner/plan.js';

const nobody = -1;

/** @returns one sentence for each fault; empty when the plan holds. */
export function verifyPlan(plan: Plan, layers: readonly PlanLayer[], graph: Graph): string[] {
  const faults: string[] = [];
  const holder = new Int32Array(plan.arenaBytes).fill(nobody);
  // A view holds the value of what it is a view of.
  const value = graph.tensors.map((_, i) => i);

  const inside = (p: Placement, what: string) => {
    if (p.offset < 0 || p.offset + p.bytes > plan.arenaBytes) faults.push(`${what} leaves the arena`);
  };
  const byRows = layers.map((l) => (l.byRows === undefined ? -1 : graph.ops[l.op]!.inputs[l.byRows]!));
  const placementOf = (tensor: number): Placement | undefined => {
    if (graph.tensors[tensor]!.data || byRows.includes(tensor)) return undefined;
    const p = plan.tensors[tensor];
    if (!p) faults.push(`tensor ${tensor} has no place`);
    return p;
  };
  const write = (p: Placement, owner: number) => holder.fill(owner, p.offset, p.offset + p.bytes);
  const read = (tensor: number, when: string) => {
    const p = placementOf(tensor);
    if (!p) return;
    const lost = holder.subarray(p.offset, p.offset + p.bytes).findIndex((owner) => owner !== value[tensor]);
    if (lost >= 0)
      faults.push(`tensor ${tensor}, read by ${when}, has lost byte ${lost} to ${holder[p.offset + lost]}`);
  };
  const disjoint = (a: Placement, b: Placement) =>
    a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;

  plan.tensors.forEach((p, i) => {
    if (p) inside(p, `tensor ${i}`);
  });
  const state = graph.tensors.flatMap(({ initial }, i) => (initial && plan.tensors[i] ? [i] : []));
  for (const tensor of [...graph.inputs, ...state]) {
    const p = placementOf(tensor);
    if (p) write(p, tensor);
  }
  for (const tensor of graph.inputs) read(tensor, 'the caller, as written');

  layers.forEach((layer, time) => {
    const op = graph.ops[layer.op]!;
    const when = `layer ${time} ${op.type}`;
    const inputs = op.inputs.filter((t) => t >= 0);
    for (const tensor of inputs) read(tensor, when);

    if (layer.alias !== undefined) {
      const from = op.inputs[layer.alias]!;
      const to = op.outputs[0]!;
      if (placementOf(to)?.offset !== placementOf(from)?.offset)
        faults.push(`${when}: the view lies elsewhere`);
      value[to] = value[from]!;
      return;
    }

    const outputs = op.outputs.map((tensor) => ({ tensor, p: placementOf(tensor) }));
    for (const { tensor, p } of outputs) {
      if (!p) continue;
      op.inputs.forEach((input, position) => {
        const at = input >= 0 ? placementOf(input) : undefined;
        if (!at || disjoint(p, at)) return;
        const overlap = layer.overlaps.find((o) => o.input === position);
        const inPlace = p.offset === at.offset;
        if (
          op.outputs.length !== 1 ||
          !overlap ||
          p.offset + overlap.lead > at.offset ||
          (overlap.exact && !inPlace)
        )
          faults.push(`${when}: output ${tensor} lies over input ${input}`);
      });
      for (const other of outputs) {
        if (other.p && other.tensor < tensor && !disjoint(p, other.p))
          faults.push(`${when}: outputs overlap`);
      }
    }
    const scratch = plan.scratch[time];
    if (layer.scratchBytes > 0) {
      if (!scratch || scratch.bytes < layer.scratchBytes) faults.push(`${when}: too little scratch`);
      else {
        inside(scratch, `scratch of ${when}`);
        for (const tensor of [...inputs, ...op.outputs]) {
          const p = placementOf(tensor);
          if (p && !disjoint(p, scratch)) faults.push(`${when}: scratch lies over tensor ${tensor}`);
        }
        write(scratch, nobody);
      }
    }
    for (const { tensor, p } of outputs) if (p) write(p, tensor);
  });
  for (const tensor of graph.outputs) read(tensor, 'the caller, at the end');
  for (const tensor of state) read(tensor, 'the next inference');
  return faults;
}
