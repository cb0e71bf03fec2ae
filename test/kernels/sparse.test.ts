/** Kernels of pruned weights: their plain C under sanitizers, and their assembly on an emulated Cortex-M0+. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { sparseRows, unitTerms } from '../../codegen/kernels/mul32/sparse_terms.js';
import type { LowerOptions } from '../../codegen/layer.js';
import { lower } from '../../codegen/lower.js';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { packable } from '../property/arbitraries/packable.js';
import { proveGraphs } from '../property/harness.js';
import { random, randomActivation } from '../property/random.js';
import { Network } from '../support/network.js';
import { withZeros } from '../support/zeros.js';
import { bootCortexM0Plus } from './m0plus.js';
import { preferring } from './preferring.js';
import { proveOnCortexM0Plus } from './prove_m0plus.js';

const kernels = [
  ['mul32/fully_connected_s8_sparse', fullyConnectedGraph],
  ['mul32/conv_2d_s8_sparse', conv2dGraph],
] as const;

/** The first `count` graphs that the kernel computes. */
function graphsFor(kernel: string, arbitrary: fc.Arbitrary<Graph>, count: number): Graph[] {
  const options = { cost: preferring(kernel) };
  const ours = (graph: Graph) => lower(graph, pico, options).some((layer) => layer.kernel === kernel);
  const drawn = fc.sample(packable(arbitrary), { numRuns: 40 * count, seed: 8 }).filter(ours);
  assert.ok(drawn.length >= count, `only ${drawn.length} of ${40 * count} graphs are for ${kernel}`);
  return drawn.slice(0, count);
}

for (const [kernel, arbitrary] of kernels) {
  const cost = preferring(kernel);

  test(`${kernel}: the plain C equals the simulator`, () =>
    proveGraphs(graphsFor(kernel, arbitrary, 80), { capabilities: pico.capabilities, cost }));

  test(`${kernel} on a Cortex-M0+ equals the simulator`, { skip: withoutArm }, () =>
    proveOnCortexM0Plus(graphsFor(kernel, arbitrary, 30), { cost }),
  );
}

test('rows come back from their units, however far apart their weights are', () => {
  const weight = fc.oneof(
    { weight: 300, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: -127, max: 127 }) },
  );
  const rows = fc.tuple(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 1, max: 4 }));
  const matrices = rows.chain(([length, count]) =>
    fc
      .array(weight, { minLength: length * count, maxLength: length * count, size: 'max' })
      .map((values) => ({ length, weights: Int8Array.from(values) })),
  );
  fc.assert(
    fc.property(matrices, ({ length, weights }) => {
      const { terms, units } = sparseRows(weights, length);
      const back = new Int8Array(weights.length);
      let at = 0;
      for (const [row, count] of units.entries()) {
        assert.ok(count >= 1);
        let start = 0;
        for (let unit = 0; unit < count; unit++) {
          let input = start;
          for (let i = 0; i < unitTerms; i++, at += 2) {
            input = start + terms[at]!;
            assert.ok(input < length, 'a read beyond the row');
            back[row * length + input]! += terms[at + 1]!;
          }
          start = input;
        }
      }
      assert.equal(at, terms.length);
      assert.deepEqual(back, weights);
    }),
    { seed: 3, numRuns: 60 },
  );
});

/** Cycles of all layers, and bytes of code and constants; the output of each layer is the simulator's. */
async function onCortexM0Plus(network: Graph, options: LowerOptions) {
  const { sources, plan, graph } = compile(network, pico, { ...options, name: 'mlp' });
  return withTemporaryFolder(async (folder) => {
    for (const [file, text] of sources.files) writeFileSync(path.join(folder, file), text);
    const machine = bootCortexM0Plus(folder, 'mlp.c');
    const simulator = createSimulator(graph);
    const [input] = graph.inputs;
    const sample = randomActivation(graph.tensors[input!]!, 0, random(1)) as Int8Array;
    const bytes = new Uint8Array(sample.buffer);
    machine.write('mlp_arena', plan.tensors[input!]!.offset, bytes);
    simulator.setInputs(bytes);
    simulator.run();
    let cycles = 0;
    for (const [i, { symbol }] of sources.layers.entries()) {
      cycles += machine.call(symbol);
      const [output] = graph.ops[i]!.outputs;
      const place = plan.tensors[output!]!;
      const computed = machine.read('mlp_arena', place.offset, place.bytes);
      assert.deepEqual(computed, simulator.tensorBytes(output!), symbol);
    }
    return { cycles, flash: machine.flashBytes };
  });
}

test('784 → 300 → 100 → 10 with 90 % zeros: a third of the dense form’s cycles and flash', {
  skip: withoutArm,
}, async () => {
  const n = new Network('mlp', 'int8', 9);
  const hidden = n.dense(n.dense(n.input([1, 784]), 300, 'RELU'), 100, 'RELU');
  const mlp = withZeros(n.build(n.dense(hidden, 10)), 0.9);
  const dense = await onCortexM0Plus(mlp, { cost: preferring('mul32/fully_connected_s8') });
  const sparse = await onCortexM0Plus(mlp, {});
  assert.ok(3 * sparse.cycles <= dense.cycles, `${sparse.cycles} of ${dense.cycles} cycles`);
  assert.ok(3 * sparse.flash <= dense.flash, `${sparse.flash} of ${dense.flash} bytes`);
});

test('layers are sparse from the share of zeros on at which that is faster and smaller', () => {
  const n = new Network('pruned', 'int8', 10);
  const image = n.conv(n.input([1, 8, 8, 16]), 16, { kernel: [3, 3] });
  const network = n.build(n.dense(n.flatten(image), 10));
  const kernels = (share: number) => lower(withZeros(network, share), pico).map((layer) => layer.kernel);
  for (const kernel of ['mul32/conv_2d_s8_sparse', 'mul32/fully_connected_s8_sparse']) {
    assert.ok(!kernels(0.3).includes(kernel), kernel);
    assert.ok(kernels(0.8).includes(kernel), kernel);
  }
});
