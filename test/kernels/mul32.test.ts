/** The mul32 kernels: their plain C on the host under sanitizers, and their assembly on an emulated Cortex-M0+. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { lower } from '../../codegen/lower.js';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { multiplyByQuantizedMultiplier } from '../../src/numerics/fixed_point.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { binaryGraph } from '../property/arbitraries/binary.js';
import { conv2dGraph } from '../property/arbitraries/conv_2d.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { fullyConnectedGraph } from '../property/arbitraries/fully_connected.js';
import { proveGraphs } from '../property/harness.js';
import { random } from '../property/random.js';
import { firstConvGraph } from './before_relu.js';
import { bootCortexM0Plus } from './m0plus.js';
import { proveOnCortexM0Plus } from './prove_m0plus.js';
import { reluDepthwiseGraph } from './relu_depthwise.js';
import { withSmallWeights } from './small_weights.js';
import { wideDepthwiseGraph } from './wide_depthwise.js';

/** The first `count` graphs that a mul32 kernel, or a certain one, computes. */
function graphsFor(arbitrary: fc.Arbitrary<Graph>, count: number, seed: number, kernel = ''): Graph[] {
  const name = `mul32/${kernel}`;
  const ours = (graph: Graph) => lower(graph, pico).some((layer) => layer.kernel.startsWith(name));
  const drawn = fc.sample(arbitrary, { numRuns: 12 * count, seed }).filter(ours);
  assert.ok(drawn.length >= count, `only ${drawn.length} of ${12 * count} graphs are for ${name}`);
  return drawn.slice(0, count);
}

/** Those that a certain kernel computes. */
function ofKernel(name: string, arbitrary: fc.Arbitrary<Graph>): fc.Arbitrary<Graph> {
  return arbitrary.filter((graph) => lower(graph, pico)[0]!.kernel === name);
}

const operators = {
  CONV_2D: conv2dGraph,
  'CONV_2D of small weights': withSmallWeights(conv2dGraph),
  DEPTHWISE_CONV_2D: depthwiseConv2dGraph,
  'DEPTHWISE_CONV_2D of wide and high images': wideDepthwiseGraph,
  'DEPTHWISE_CONV_2D before a ReLU': ofKernel('mul32/depthwise_conv_2d_s8_3x3', reluDepthwiseGraph),
  FULLY_CONNECTED: fullyConnectedGraph,
  'FULLY_CONNECTED of small weights': withSmallWeights(fullyConnectedGraph),
  ADD: binaryGraph('ADD', ['int8']),
  SUB: binaryGraph('SUB', ['int8']),
};

for (const [name, arbitrary] of Object.entries(operators)) {
  const count =
    arbitrary === wideDepthwiseGraph
      ? 40
      : name.endsWith('ReLU')
        ? 60
        : name.endsWith('small weights')
          ? 80
          : 200;

  test(`${name}: the mul32 kernel's plain C equals the simulator`, () =>
    proveGraphs(graphsFor(arbitrary, count, 2), { capabilities: pico.capabilities, optimize: 'speed' }));

  test(`${name}: the mul32 kernel on a Cortex-M0+ equals the simulator`, { skip: withoutArm }, () =>
    proveOnCortexM0Plus(graphsFor(arbitrary, count / 5, 3)),
  );
}

/** Kernels that count on more than a random graph of the operator has. */
const particular = [
  ['conv_2d_s8_quarters', firstConvGraph],
  ['conv_2d_s8_quarters', withSmallWeights(firstConvGraph)],
  ['depthwise_conv_2d_s8_3x3', reluDepthwiseGraph],
] as const;

for (const [i, [kernel, arbitrary]] of particular.entries()) {
  test(`${kernel}, ${i}: the plain C equals the simulator`, () =>
    proveGraphs(graphsFor(arbitrary, 30, 2, kernel), { capabilities: pico.capabilities, optimize: 'speed' }));

  test(`${kernel}, ${i}: on a Cortex-M0+ it equals the simulator`, { skip: withoutArm }, () =>
    proveOnCortexM0Plus(graphsFor(arbitrary, 16, 3, kernel)),
  );
}

test(
  'crimp_mul32_requantize equals MultiplyByQuantizedMultiplier within its contract',
  { skip: withoutArm },
  () =>
    withTemporaryFolder(async (folder) => {
      const rng = random(5);
      const count = 4000;
      const sums = new Int32Array(count);
      const multipliers = new Int32Array(count);
      const shifts = new Int32Array(count);
      const expected = new Int8Array(count);
      const offsets = new Int32Array(count);
      for (let i = 0; i < count; i++) {
        const right = 1 + (i % 31);
        offsets[i] = right <= 28 ? -7 : 0;
        const edges = [0, 1, 2 ** 30, 2 ** 30 + 0xffff, 2 ** 31 - 0x8000, 2 ** 31 - 1];
        const multiplier = i % 3 === 0 ? edges[rng.int(0, 5)]! : rng.int(2 ** 30, 2 ** 31 - 1);
        const limit = 2 ** 31 - 1 - Math.ceil(7.5 * 2 ** right);
        if (limit < 0) continue;
        // Close to where the rounding tips, at the ends of the contract, and anywhere.
        const tip = ((rng.int(-140, 140) + 0.5) * 2 ** (31 + right)) / Math.max(multiplier, 1);
        const draws = [
          Math.round(tip) + rng.int(-2, 2),
          rng.next() < 0.5 ? limit : -limit,
          rng.int(-limit, limit),
        ];
        sums[i] = Math.max(-limit, Math.min(limit, draws[rng.int(0, 2)]!));
        multipliers[i] = multiplier;
        shifts[i] = -right;
        const value = multiplyByQuantizedMultiplier(sums[i]!, multiplier, -right) + offsets[i]!;
        expected[i] = Math.max(-120, Math.min(121, value));
      }
      const array = (name: string, data: Int32Array) =>
        `static const int32_t ${name}[] = {${Array.from(data, (v) => `${v}`).join(', ')}};\n`;
      const kernel = readFileSync(assetPath('codegen/kernels/mul32/requantize.c'), 'utf8');
      writeFileSync(
        path.join(folder, 'requantize_test.c'),
        `${kernel}
${array('sums', sums)}${array('multipliers', multipliers)}${array('shifts', shifts)}${array('offsets', offsets)}
int8_t results[${count}];
void run(void);
void run(void)
{
    const struct crimp_mul32_store store = {-120, 121, 1};
    for (int32_t i = 0; i < ${count}; ++i) {
        const struct crimp_mul32_scale scale = crimp_mul32_make_scale(multipliers[i], shifts[i], offsets[i]);
        crimp_mul32_requantize(sums + i, 1, &scale, &store, results + i);
    }
}
`,
      );
      const machine = bootCortexM0Plus(folder, 'requantize_test.c');
      machine.call('run');
      assert.deepEqual(new Int8Array(machine.read('results', 0, count).buffer), expected);
    }),
);
