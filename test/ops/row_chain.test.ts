import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from '../../codegen/generate.js';
import { lower } from '../../codegen/lower.js';
import { chainsOf, withChain } from '../../codegen/stripe/chains.js';
import { type Compiled, type CompileOptions, compile } from '../../src/compile.js';
import type { Graph } from '../../src/graph/graph.js';
import { hashGraph } from '../../src/graph/hash.js';
import { macsOf } from '../../src/ops/registry.js';
import { unchained } from '../../src/ops/row_chain.js';
import { optimize } from '../../src/passes/index.js';
import { plan } from '../../src/planner/planner.js';
import { pico } from '../../targets/pico.js';
import type { Target } from '../../targets/target.js';
import { proveGraphs } from '../property/harness.js';
import { random } from '../property/random.js';
import { ic, kws, vww } from '../support/models.js';
import { Network, type NetworkType } from '../support/network.js';

/**
 * Convolutions, pools, activations, joins and residual sums over an image of any size.
 * @param unit that channels come in, but for the input's
 */
function network(seed: number, dtype: NetworkType, unit = 1): Graph {
  const rng = random(seed);
  const pick = <T>(...values: T[]): T => values[rng.int(0, values.length - 1)]!;
  const n = new Network(`chain_${seed}`, dtype, seed);
  let x = n.input([1, rng.int(9, 30), rng.int(5, 16), rng.int(1, 4)]);
  for (let layers = rng.int(3, 6); layers > 0; layers--) {
    const [height, width] = n.extent(x);
    const options = {
      kernel: [rng.int(1, Math.min(4, height)), rng.int(1, Math.min(3, width))] as const,
      stride: [rng.int(1, 2), rng.int(1, 2)] as const,
      padding: pick('SAME' as const, 'VALID' as const),
      activation: pick('NONE' as const, 'RELU' as const, 'RELU6' as const),
    };
    const filters = unit * rng.int(1, unit > 1 ? 2 : 6);
    switch (rng.int(0, 7)) {
      case 0:
        x = n.depthwise(x, { ...options, multiplier: n.channels(x) % unit === 0 ? rng.int(1, 2) : unit });
        break;
      case 1:
        x = n.pool('MAX_POOL_2D', x, options);
        break;
      case 2:
        x = n.pool('AVERAGE_POOL_2D', x, { ...options, padding: 'VALID' });
        break;
      case 3:
        x = n.add(
          x,
          n.conv(n.conv(x, filters, { kernel: [3, 3] }), n.channels(x), { kernel: [5, 1] }),
          'RELU',
        );
        break;
      case 4:
        x = n.concat(n.conv(x, filters, { kernel: [1, 1] }), n.depthwise(x, { kernel: [3, 2] }));
        break;
      case 5:
        x = n.relu(x);
        break;
      default:
        x = n.conv(x, filters, options);
    }
  }
  return n.build(x);
}

/** As `compile`, with some chain of the graph, whether it makes the arena smaller or not. */
function compileChained(source: Graph, target: Target, options: CompileOptions = {}): Compiled {
  const whole = optimize(source);
  const chains = chainsOf(whole, target.alignment);
  const rng = random(whole.tensors.length + chains.length);
  const chain = chains[rng.int(0, chains.length - 1)];
  const graph = chain ? withChain(whole, chain, target.alignment) : whole;
  if (chain) lengths.push(chain.to - chain.from);
  const layers = lower(graph, target, options);
  const arena = plan(layers, graph, { alignment: target.alignment });
  const [hash, prefix] = [hashGraph(whole), options.name!];
  const sources = generate({ graph, layers, plan: arena, target, prefix, hash });
  return { graph, layers, plan: arena, sources, hash, packWeights: false };
}
const lengths: number[] = [];

const many = (count: number, of: (i: number) => Graph) => Array.from({ length: count }, (_, i) => of(i));

test('ROW_CHAIN of any layers gives the simulator’s bytes, row by row and several at once', async () => {
  const options = { compile: compileChained, alignment: 1, samples: 2 };
  for (const [seed, how] of (['ram', 'speed'] as const).entries())
    await proveGraphs(
      many(14, (i) => network(1000 * seed + i, 'int8')),
      { ...options, optimize: how },
    );
  assert.ok(lengths.length > 20 && lengths.some((n) => n > 4), lengths.join());
});

test('ROW_CHAIN with the kernels of the Pico', async () => {
  lengths.length = 0;
  const options = { compile: compileChained, alignment: 4, samples: 2, capabilities: pico.capabilities };
  for (const [seed, how] of (['ram', undefined] as const).entries())
    await proveGraphs(
      many(10, (i) => network(2000 + 1000 * seed + i, 'int8', 4)),
      { ...options, ...(how && { optimize: how }) },
    );
  assert.ok(lengths.length > 12, lengths.join());
});

test('ROW_CHAIN in float32', () =>
  proveGraphs(
    many(8, (i) => network(5000 + i, 'float32')),
    { compile: compileChained, alignment: 4, samples: 2 },
  ));

test('--optimize ram: networks in a fraction of their arenas, and the same bytes', async () => {
  const { capabilities, alignment } = pico;
  const arenas: Record<string, number> = {};
  await proveGraphs([vww(), ic()], {
    ...{ capabilities, alignment, samples: 1, optimize: 'ram' },
    compile(source, target, options) {
      const compiled = compile(source, target, options);
      const { sources, graph } = compiled;
      assert.ok(sources.inputs[0]!.byRows, graph.name);
      const macs = (ops: typeof graph.ops) => ops.reduce((n, op) => n + macsOf(op, graph), 0);
      assert.equal(macs(graph.ops), macs(unchained(graph)));
      arenas[graph.name] = sources.arenaBytes;
      return compiled;
    },
  });
  // Of 38,464 and 34,448 bytes; the images alone take 27,648 and 3,072.
  const limits = { vww: 15_700, ic: 19_000 };
  for (const [name, most] of Object.entries(limits))
    assert.ok(arenas[name]! <= most, `${name}: ${arenas[name]}`);
});

test('a network whose arena chains would hardly make smaller has none', () => {
  const { graph } = compile(kws(), pico, { optimize: 'ram' });
  assert.ok(graph.ops.every((op) => op.type !== 'ROW_CHAIN'));
});
