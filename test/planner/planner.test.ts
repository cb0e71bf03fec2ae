import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { type Buffers, collectBuffers } from '../../src/planner/buffers.js';
import { lowerBound } from '../../src/planner/placement.js';
import type { Plan, PlanLayer } from '../../src/planner/plan.js';
import { plan } from '../../src/planner/planner.js';
import { random } from '../property/random.js';
import { randomPlannerCase } from './random_graphs.js';
import { verifyPlan } from './verify_plan.js';

test('no plan of a random graph loses a byte', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const { graph, layers } = randomPlannerCase(seed, 1 + (seed % 24));
    for (const alignment of [1, 4, 16]) {
      const result = plan(layers, graph, { alignment });
      assert.deepEqual(verifyPlan(result, layers, graph), [], `seed ${seed}, alignment ${alignment}`);
      assert.ok(result.arenaBytes >= lowerBound(collectBuffers(layers, graph, alignment)), `seed ${seed}`);
      for (const p of [...result.tensors, ...result.scratch]) assert.equal((p?.offset ?? 0) % alignment, 0);
    }
  }
});

test('small graphs get the best plan that there is', () => {
  const rng = random(3);
  let above = 0;
  for (let run = 0; run < 300; run++) {
    const sizes = Array.from({ length: rng.int(3, 6) }, () => rng.int(4, 7));
    const { graph, layers } = chain(sizes, []);
    const mixed = layers.map((layer): PlanLayer => {
      const overlap = rng.next() < 0.3 ? { lead: 0, exact: true } : { lead: rng.int(1, 4) };
      const overlaps = rng.next() < 0.8 ? [{ input: 0, ...overlap }] : [];
      return { ...layer, overlaps, scratchBytes: rng.next() < 0.3 ? rng.int(1, 3) : 0 };
    });
    const buffers = collectBuffers(mixed, graph, 1);
    const { arenaBytes } = plan(mixed, graph, { alignment: 1 });
    assert.ok(!fits(buffers, arenaBytes - 1), `run ${run}: ${arenaBytes} bytes are not the fewest`);
    if (arenaBytes > lowerBound(buffers)) above++;
  }
  assert.ok(above > 40, `only ${above} plans stay above the bound`);
});

/** Whether some plan of so many bytes has all buffers: every address of every buffer is tried. */
function fits({ list, leads, exact }: Buffers, bytes: number): boolean {
  const over = (o: number, i: number, at: readonly number[]) => {
    const lead = leads[o]!.get(i);
    if (lead === undefined || at[o]! + lead > at[i]!) return false;
    return !exact[o]!.has(i) || at[o] === at[i];
  };
  const allowed = (a: number, b: number, at: readonly number[]) => {
    const apart = at[a]! + list[a]!.bytes <= at[b]! || at[b]! + list[b]!.bytes <= at[a]!;
    const alive = list[a]!.first <= list[b]!.last && list[b]!.first <= list[a]!.last;
    return apart || !alive || over(a, b, at) || over(b, a, at);
  };
  const at: number[] = [];
  const place = (b: number): boolean => {
    if (b === list.length) return true;
    for (at[b] = 0; at[b]! + list[b]!.bytes <= bytes; at[b]!++) {
      if (at.slice(0, b).every((_, a) => allowed(a, b, at)) && place(b + 1)) return true;
    }
    return false;
  };
  return place(0);
}

/** A chain of ops over int8 tensors of the sizes given, each with the same overlap. */
function chain(sizes: readonly number[], overlaps: PlanLayer['overlaps']) {
  const tensors = sizes.map((n, i) => ({ name: `t${i}`, dtype: 'int8' as const, shape: [n] }));
  const ops = sizes
    .slice(1)
    .map(
      (_, i): AnyOp => ({ type: 'RESHAPE', name: `op${i}`, inputs: [i], outputs: [i + 1], attributes: {} }),
    );
  const graph: Graph = { name: 'chain', tensors, ops, inputs: [0], outputs: [sizes.length - 1] };
  const layers = ops.map((_, op): PlanLayer => ({ op, scratchBytes: 0, overlaps }));
  return { graph, layers };
}

test('a chain in place needs its largest tensor and the leads, no more', () => {
  const inPlace = chain([800, 800, 800, 800], [{ input: 0, lead: 0 }]);
  assert.equal(plan(inPlace.layers, inPlace.graph, { alignment: 16 }).arenaBytes, 800);
  const shifted = chain([480, 8000, 8000, 8000, 16], [{ input: 0, lead: 64 }]);
  assert.equal(plan(shifted.layers, shifted.graph, { alignment: 16 }).arenaBytes, 8128);
  const apart = chain([800, 480, 800, 480], []);
  assert.equal(plan(apart.layers, apart.graph, { alignment: 16 }).arenaBytes, 1280);
});

test("where only the input's own place will do, a layer runs in place or apart", () => {
  const exact = [{ input: 0, lead: 0, exact: true }];
  const { graph, layers } = chain([800, 480, 800, 640], exact);
  const inPlace = plan(layers, graph, { alignment: 16 });
  assert.equal(inPlace.arenaBytes, 800);
  // Before it, as lead 0 alone would allow, is wrong.
  const tensors = inPlace.tensors.map((p, i) => (p && i === 1 ? { ...p, offset: 0 } : { ...p!, offset: 16 }));
  const before: Plan = { ...inPlace, arenaBytes: 816, tensors };
  assert.match(verifyPlan(before, layers, graph).join(), /output 1 lies over input 0/);
  assert.deepEqual(
    verifyPlan(before, [{ ...layers[0]!, overlaps: [{ input: 0, lead: 0 }] }], { ...graph, outputs: [1] }),
    [],
  );
});

test('an input that is an output of the model too is never overwritten', () => {
  const { graph, layers } = chain([64, 64], [{ input: 0, lead: 0 }]);
  const both = { ...graph, outputs: [0, 1] };
  assert.equal(plan(layers, both, { alignment: 4 }).arenaBytes, 128);
});

test('verifyPlan finds each way in which a plan can be wrong', () => {
  const { graph, layers } = chain([64, 64, 64], []);
  const good = plan(layers, graph, { alignment: 4 });
  assert.deepEqual(verifyPlan(good, layers, graph), []);
  const moved = (index: number, offset: number): Plan => ({
    ...good,
    tensors: good.tensors.map((p, i) => (i === index && p ? { ...p, offset } : p)),
  });
  const at = (i: number) => good.tensors[i]!.offset;
  assert.match(verifyPlan(moved(1, at(0)), layers, graph).join(), /output 1 lies over input 0/);
  assert.match(verifyPlan(moved(1, at(0) + 60), layers, graph).join(), /output 1 lies over input 0/);
  assert.match(verifyPlan(moved(2, good.arenaBytes - 60), layers, graph).join(), /leaves the arena/);

  const scratch = layers.map((l) => ({ ...l, scratchBytes: 8 }));
  assert.match(verifyPlan(good, scratch, graph).join(), /too little scratch/);
  const over: Plan = { ...good, scratch: good.tensors.slice(0, 2) };
  assert.match(verifyPlan(over, scratch, graph).join(), /scratch lies over tensor 0/);

  // Overwritten between its writing and its reading, by a layer that has nothing to do with it.
  const ops = [...graph.ops, { ...graph.ops[0]!, name: 'late', outputs: [3] }];
  const tensors = [...graph.tensors, { name: 't3', dtype: 'int8' as const, shape: [64] }];
  const late = { ...graph, ops, tensors, outputs: [2, 3] };
  const lost: Plan = {
    ...good,
    arenaBytes: 192,
    tensors: [...good.tensors, { ...good.tensors[0]!, offset: 128 }],
  };
  const more = [...layers, { op: 2, scratchBytes: 0, overlaps: [] }];
  assert.match(
    verifyPlan(lost, more, late).join(),
    /tensor 0, read by layer 2 RESHAPE, has lost byte 0 to 2/,
  );
});
