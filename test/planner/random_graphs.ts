/** Random graphs and layers for the planner alone: sizes, branches, views, scratch and overlaps, no meaning. */
import type { AnyOp, Graph, Tensor } from '../../src/graph/graph.js';
import type { PlanLayer } from '../../src/planner/plan.js';
import { type Random, random } from '../property/random.js';

export interface PlannerCase {
  readonly graph: Graph;
  readonly layers: readonly PlanLayer[];
}

export function randomPlannerCase(seed: number, opCount: number): PlannerCase {
  const rng = random(seed);
  const tensors: Tensor[] = [];
  const add = (bytes: number, data?: Int8Array) =>
    tensors.push({ name: `t${tensors.length}`, dtype: 'int8', shape: [bytes], ...(data ? { data } : {}) }) -
    1;
  const size = () => (rng.next() < 0.2 ? rng.int(1, 9) : rng.int(1, 60) * 16);
  const inputs = Array.from({ length: rng.int(1, 2) }, () => add(size()));
  const constant = add(4, new Int8Array(4));

  const ops: AnyOp[] = [];
  const layers: PlanLayer[] = [];
  const recent = [...inputs];
  for (let i = 0; i < opCount; i++) {
    const pick = () => recent[Math.max(0, recent.length - 1 - Math.floor(rng.next() ** 2 * recent.length))]!;
    const sources = [
      pick(),
      ...(rng.next() < 0.4 ? [pick()] : []),
      ...(rng.next() < 0.3 ? [constant, -1] : []),
    ];
    const alias = rng.next() < 0.15;
    const source = tensors[sources[0]!]!;
    const outputs = [add(alias ? source.shape[0]! : size())];
    if (!alias && rng.next() < 0.1) outputs.push(add(size()));
    recent.push(...outputs);
    ops.push({ type: 'RESHAPE', name: `op${i}`, inputs: sources, outputs, attributes: {} });
    layers.push(alias ? { op: i, alias: 0, scratchBytes: 0, overlaps: [] } : layer(i, sources, rng));
  }
  const outputs = [...new Set([tensors.length - 1, ...(rng.next() < 0.3 ? [recent[0]!] : [])])];
  return { graph: { name: 'random', tensors, ops, inputs, outputs }, layers };
}

function layer(op: number, sources: readonly number[], rng: Random): PlanLayer {
  const overlaps = sources.flatMap((_, input) => {
    if (rng.next() < 0.4) return [];
    if (rng.next() < 0.2) return [{ input, lead: 0, exact: true }];
    return [{ input, lead: rng.next() < 0.5 ? 0 : rng.int(1, 200) }];
  });
  return { op, scratchBytes: rng.next() < 0.3 ? rng.int(1, 400) : 0, overlaps };
}
