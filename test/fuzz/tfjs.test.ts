/** Damaged model.json files and shards end in diagnostics or in graphs that run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type * as T from '@tensorflow/tfjs';
import { CrimpError, type Diagnostic, inputError } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { byteSize } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { type Random, random } from '../property/random.js';
import { base64, GraphDef, ints } from '../support/tfjs_graph_def.js';
import { saveModel, tf } from '../support/tfjs_models.js';
import { mutate } from './mutate.js';

const filesPerModel = Number(process.env.CRIMP_FUZZ ?? 400);
const L = tf.layers;

function models() {
  const input = tf.input({ shape: [8, 8, 2] });
  const conv = L.separableConv2d({ filters: 2, kernelSize: 3, padding: 'same' }).apply(input) as typeof input;
  const sum = L.add().apply([input, L.batchNormalization().apply(conv) as typeof input]) as typeof input;
  const pooled = L.globalAveragePooling2d({}).apply(
    L.upSampling2d({ size: [2, 2] }).apply(sum),
  ) as typeof input;
  return [
    tf.model({ inputs: input, outputs: pooled }),
    tf.sequential({
      layers: [
        L.conv1d({ inputShape: [12, 2], filters: 3, kernelSize: 3, activation: 'relu' }),
        L.maxPooling1d({ poolSize: 2 }),
        L.prelu({}),
        L.permute({ dims: [2, 1] }),
        L.reshape({ targetShape: [15] }),
        L.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
  ];
}

/** model.json and its weights. */
function graphModel(): Map<string, Uint8Array> {
  const g = new GraphDef();
  const window = { strides: ints(1, 2, 2, 1), padding: { s: base64('SAME') } };
  const kernel = [g.input('x', 8, 8, 2), g.weights('k', 3, 3, 2, 3), g.weights('b', 3)];
  const fused = { fused_ops: { list: { s: ['BiasAdd', 'Relu'].map(base64) } } };
  const conv = g.node('conv', '_FusedConv2D', kernel, { ...window, ...fused });
  const padded = g.node('pad', 'Pad', [conv, g.integers('pads', [0, 0, 1, 0, 0, 1, 0, 0], [4, 2])]);
  const pool = g.node('pool', 'AvgPool', [padded, '^conv'], { ...window, ksize: ints(1, 2, 2, 1) });
  const table = (name: string, ...values: number[]) => g.integers(name, values);
  g.node('parts', 'SplitV', [pool, table('sizes', 1, 2), g.integers('along', [3], [])], {
    num_split: { i: '2' },
  });
  const bounds = [table('begin', 0, 1, 0, 0), table('end', 1, 3, 3, 3), table('step', 1, 1, 1, 1)];
  const cut = g.node('cut', 'StridedSlice', [pool, ...bounds], { end_mask: { i: '14' } });
  const wide = g.node('wide', 'ResizeBilinear', [cut, table('size', 3, 3)], { align_corners: { b: false } });
  const turned = g.node('turned', 'Transpose', [wide, table('perm', 0, 2, 1, 3)]);
  const picked = g.node('picked', 'GatherV2', [turned, table('numbers', 0, 2), g.integers('at', [2], [])]);
  g.node('aside', 'Max', [g.node('tiled', 'Tile', [picked, table('times', 1, 2, 1, 1)]), table('over', 1)]);
  const twice = g.node('twice', 'Pack', ['parts', 'parts'], { axis: { i: '3' }, N: { i: '2' } });
  g.node('ends', 'Sum', [twice, table('sums', 1, 2, 3)]);
  const joined = g.node('joined', 'ConcatV2', [pool, pool, g.integers('axis', [3], [])]);
  const mean = g.node('mean', 'Mean', [joined, g.integers('axes', [1, 2])], { keep_dims: { b: true } });
  const flat = g.node('flat', 'Reshape', [mean, g.integers('shape', [-1, 6])]);
  const scores = g.node('m', 'MatMul', [flat, g.weights('w', 6, 4)]);
  const { bytes, weights } = g.artifacts(g.node('s', 'Softmax', [scores]), 'aside', 'ends');
  return new Map([
    ['model.json', bytes],
    ['all.bin', weights],
  ]);
}

async function saved(model: T.LayersModel, quantization?: 'uint8'): Promise<Map<string, Uint8Array>> {
  return withTemporaryFolder(async (folder) => {
    await saveModel(model, folder, { shardBytes: 100, quantization });
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]));
  });
}

const extremes = [0, 1, -1, 2, 2.5, 7, 2 ** 24, 2 ** 31, 1e300, null, true, '', 'linear', [], [0], {}, [[]]];

/** One value somewhere in the JSON becomes another; what bytes cannot do without breaking the syntax. */
function damageJson(json: unknown, rng: Random): unknown {
  const copy: unknown = structuredClone(json);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key });
      visit((value as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  for (let n = rng.int(1, 3); n > 0; n--) {
    const { holder, key } = places[rng.int(0, places.length - 1)]!;
    const kind = rng.int(0, 4);
    if (kind === 0) delete holder[key];
    else if (kind === 1) {
      const other = places[rng.int(0, places.length - 1)]!;
      holder[key] = structuredClone(other.holder[other.key]);
    } else holder[key] = extremes[rng.int(0, extremes.length - 1)];
  }
  return copy;
}

function inspect(bytes: Uint8Array, shards: ReadonlyMap<string, Uint8Array>) {
  const readBeside = (name: string) => {
    const shard = shards.get(name);
    if (!shard) throw inputError('cannot-read', 'no such file', 'Keep them together.', { file: name });
    return shard;
  };
  try {
    return inspectModel(bytes, { name: 'fuzz', file: 'model.json', readBeside });
  } catch (thrown) {
    if (thrown instanceof CrimpError && thrown.exitCode === 2)
      return { diagnostics: thrown.diagnostics as Diagnostic[] };
    throw thrown;
  }
}

function isSmall(graph: Graph): boolean {
  const bytes = graph.tensors.reduce((n, tensor) => n + byteSize(tensor), 0);
  return bytes <= 1e7 && graph.ops.reduce((n, op) => n + macsOf(op, graph), 0) <= 1e7;
}

test('damaged model.json files and shards end in diagnostics or in graphs that run', async () => {
  const outcomes = { refused: 0, reported: 0, sound: 0 };
  const [first, second] = models();
  const all = [await saved(first!), await saved(second!, 'uint8'), graphModel()];
  for (const [m, files] of all.entries()) {
    const names = [...files.keys()];
    const json: unknown = JSON.parse(Buffer.from(files.get('model.json')!).toString());
    const rng = random(2000 + m);
    for (let n = 0; n < filesPerModel; n++) {
      const damaged = new Map<string, Uint8Array>(files);
      if (n % 3 > 0)
        damaged.set('model.json', new TextEncoder().encode(JSON.stringify(damageJson(json, rng))));
      else {
        const name = names[rng.int(0, names.length - 1)]!;
        const whole = new Uint8Array(files.get(name)!);
        damaged.set(name, mutate(whole, rng, whole));
      }
      try {
        const found: { graph?: Graph; diagnostics: readonly Diagnostic[] } = inspect(
          damaged.get('model.json')!,
          damaged,
        );
        for (const d of found.diagnostics) {
          assert.ok(d.message.length > 0 && d.hint.length > 0);
          assert.doesNotMatch(d.message, /undefined|\[object|NaN/, d.message);
        }
        if (!found.graph) outcomes.refused++;
        else if (found.diagnostics.some((d) => d.severity === 'error')) outcomes.reported++;
        else {
          outcomes.sound++;
          if (isSmall(found.graph)) createSimulator(found.graph).run();
        }
      } catch (thrown) {
        throw new Error(`model ${m}, mutation ${n}`, { cause: thrown });
      }
    }
  }
  assert.ok(
    Object.values(outcomes).every((count) => count > 50),
    JSON.stringify(outcomes),
  );
});
