/** What is said of models that cannot be imported: everything, at once, with the names of layers. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { importModel, inspectModel } from '../../src/importers/index.js';
import { readModelFile } from '../../src/model_file.js';
import { saveModel, tf } from '../support/tfjs_models.js';

type Json = Record<string, unknown>;
const layer = (class_name: string, name: string, config: Json = {}): Json => ({
  class_name,
  config: { name, ...config },
});
const input = layer('InputLayer', 'image', { batch_input_shape: [null, 8, 8, 3] });

function problemsOf(json: unknown, file = 'model.json'): readonly Diagnostic[] {
  const bytes = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
  try {
    return inspectModel(bytes, { name: 'm', file }).diagnostics;
  } catch (thrown) {
    assert.ok(thrown instanceof CrimpError, String(thrown));
    assert.equal(thrown.exitCode, 2);
    return thrown.diagnostics;
  }
}

function sequential(...layers: readonly Json[]) {
  return {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 's', layers } },
    weightsManifest: [],
  };
}

test('five layers with problems are five diagnostics, those behind an unsupported one as well', () => {
  const found = problemsOf(
    sequential(
      input,
      layer('Conv2D', 'first', { filters: 4, kernel_size: 3, data_format: 'channels_first', strides: 0 }),
      layer('LocallyConnected2D', 'local'),
      layer('Activation', 'act', { activation: 'gelu' }),
      layer('Softmax', 'soft', { axis: 'x' }),
      layer('ReLU', 'clip', { threshold: 1 }),
    ),
  );
  const said = found.map((d) => `${d.code} ${d.where?.op?.name}: ${d.message}`);
  assert.deepEqual(said, [
    'unsupported-op first: Conv2D: its data_format is "channels_first"; channels_last is supported; its strides 0 is not 2 positive integers',
    'unsupported-op local: LocallyConnected2D layers are not supported',
    'unsupported-op act: Activation: its activation "gelu" takes an error function, which no kernel computes; gelu_new does not',
    'unsupported-op soft: Softmax: its axis "x" is no list of integers',
    'unsupported-op clip: ReLU: its threshold is not 0',
  ]);
  assert.ok(found.every((d) => d.where?.file === 'model.json'));
});

test('shapes and weights that do not fit', () => {
  const one = (json: unknown, code: string, message: RegExp) => {
    const found = problemsOf(json);
    assert.ok(
      found.some((d) => d.code === code && message.test(d.message)),
      JSON.stringify(found),
    );
  };
  const open = layer('InputLayer', 'image', { batch_input_shape: [null, null, 8, 3] });
  one(sequential(open, layer('Flatten', 'flat')), 'dynamic-shape', /\[null,null,8,3\]/);
  one(sequential(layer('Dense', 'd', { units: 2 })), 'dynamic-shape', /nothing/);
  const words = layer('InputLayer', 'words', { batch_input_shape: [null, 8], dtype: 'int32' });
  one(sequential(words, layer('ReLU', 'r')), 'unsupported-tensor', /int32/);
  one(
    sequential(input, layer('Dense', 'd', { units: 2 })),
    'unsupported-op',
    /weights d\/kernel are not in the file/,
  );
  one(sequential(input, layer('Reshape', 'r', { target_shape: [5, -1] })), 'unsupported-op', /cannot turn/);
  one(sequential(input, layer('Permute', 'p', { dims: [2, 1] })), 'unsupported-op', /permutes 3/);
  one(
    sequential(input, layer('AveragePooling2D', 'p', { pool_size: 9 })),
    'unsupported-op',
    /shape \[1, 0, 0, 3\]/,
  );
  one({ ...sequential(input), weightsManifest: undefined }, 'malformed-model', /no weightsManifest/);
  one({ ...sequential(input), weightsManifest: [{ paths: ['a'] }] }, 'malformed-model', /group 0/);
  one({ ...sequential(input), format: 'graph-model' }, 'malformed-model', /no nodes/);
  one({ ...sequential(input), format: 'other' }, 'unknown-format', /"other"/);
  one(
    sequential(input, layer('Activation', 'a', { activation: 'celu' })),
    'unsupported-op',
    /"celu" is none of linear, relu/,
  );
  one(sequential(input, layer('Lambda', 'l')), 'unsupported-op', /Lambda: runs a program of its own/);
  const own = { ...layer('Dense', 'd', { units: 2 }), registered_name: 'mine>Dense' };
  one(sequential(input, own), 'unsupported-op', /"mine>Dense", a layer of the user's own/);
  one({ ...sequential(input), modelTopology: { class_name: 'Mine' } }, 'unsupported-model', /a "Mine"; Seq/);
  one('{"modelTopology": {', 'malformed-model', /no JSON/);
  const topology = { class_name: 'Model', config: { layers: [input], output_layers: [['gone', 0, 0]] } };
  const broken = problemsOf({ modelTopology: topology, weightsManifest: [] });
  assert.deepEqual(
    broken.map((d) => d.message),
    ['its topology has no input_layers', 'its output "gone" is not among its layers'],
  );
});

test('models that multiply themselves, and values nested without end, are stopped', () => {
  const nested = (depth: number): Json => ({
    class_name: 'Model',
    config: {
      name: `level${depth}`,
      layers: [
        input,
        {
          ...(depth === 0 ? layer('Dropout', 'inner') : nested(depth - 1)),
          name: 'inner',
          inbound_nodes: Array.from({ length: 10 }, () => [['image', 0, 0]]),
        },
      ],
      input_layers: [['image', 0, 0]],
      output_layers: [['image', 0, 0]],
    },
  });
  const found = problemsOf({ modelTopology: nested(7), weightsManifest: [] });
  assert.match(found.at(-1)!.message, /calls layers more than 20000 times/);
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const text = JSON.stringify(sequential(input, layer('Activation', 'a', { activation: 'DEEP' })));
  assert.match(problemsOf(text.replace('"DEEP"', deep))[0]!.message, /nested without end/);
});

test('shards that are missing, short, or elsewhere', async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [30], units: 8 })] });
  await withTemporaryFolder(async (folder) => {
    const file = await saveModel(model, folder, { shardBytes: 500 });
    const found = (): readonly Diagnostic[] => {
      const { bytes, ...options } = readModelFile(file);
      try {
        importModel(bytes, options);
      } catch (thrown) {
        assert.ok(thrown instanceof CrimpError);
        return thrown.diagnostics;
      }
      return [];
    };
    assert.deepEqual(found(), []);
    truncateSync(path.join(folder, 'group1-shard2of2.bin'), 100);
    assert.match(found()[0]!.message, /^the weights take 992 bytes, and the shards hold 600/);
    rmSync(path.join(folder, 'group1-shard1of2.bin'));
    rmSync(path.join(folder, 'group1-shard2of2.bin'));
    assert.deepEqual(
      found().map((d) => [d.code, d.message, d.where?.file]),
      [1, 2].map((i) => [
        'missing-shard',
        `its weights "group1-shard${i}of2.bin" cannot be read: no such file or folder`,
        file,
      ]),
    );
    const text = readFileSync(file, 'utf8');
    for (const place of ['../other.bin', '/etc/passwd', 'https://example.com/w.bin', 'C:\\\\w.bin']) {
      writeFileSync(file, text.replace('group1-shard1of2.bin', place));
      assert.match(found()[0]!.message, /lie outside of its folder$/);
    }
    assert.match(problemsOf(text)[0]!.message, /only bytes were given/);
  });
});
