/** File to file: the pruned model with its figures, or nothing at all. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../src/assets.js';
import { sparsityOf } from '../src/compress/prune/apply_masks.js';
import { weightMatrices } from '../src/compress/prune/weight_matrix.js';
import { CrimpError } from '../src/diagnostics.js';
import { exportTflite } from '../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../src/files.js';
import { importModel } from '../src/importers/index.js';
import { type Method, pruneFile } from '../src/prune_file.js';
import { quantizeFile } from '../src/quantize_file.js';
import { formatPruning } from '../src/report/pruning.js';
import { trainFile } from '../src/train_file.js';
import { fixtures, ic } from './support/models.js';
import { runTflite } from './support/tfjs_tflite.js';

const at = (name: string) => assetPath(`examples/digits/${name}`);
const digits = { bytes: readFileSync(at('digits.tflite')), name: 'digits', file: at('digits.tflite') };

test('channels go until the int8 arena on the device is within its goal', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'pruned.tflite');
    const method: Method = { goal: { metric: 'arenaBytes', share: 0.8 } };
    const document = await pruneFile(digits, { method, data: at('calibration.npz'), output });
    const { device, structured, accuracy, bytes, sparsity } = document;
    assert.equal(device.dtype, 'int8');
    assert.equal(device.target, 'pico');
    assert.ok(device.after.arenaBytes <= 0.8 * device.before.arenaBytes);
    assert.equal(structured!.goal.after, device.after.arenaBytes);
    assert.ok(device.after.weightsBytes < device.before.weightsBytes);
    assert.ok(accuracy!.before > 0.98 && accuracy!.pruned! > 0.2);
    assert.equal(sparsity, null);
    const file = readFileSync(output);
    assert.equal(file.length, bytes.after);
    assert.ok(bytes.after < bytes.before);
    const pruned = importModel(file, { name: 'digits' });
    assert.equal(pruned.ops.length, importModel(digits.bytes, digits).ops.length);
    assert.match(formatPruning(document), /arena, RAM B +7,008 +[\d,]+ +2\d\.\d\d %/);
  });
});

test('sparse weights: the same bytes on the device, and said so', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'sparse.tflite');
    const document = await pruneFile(digits, { method: { masks: { sparsity: 0.5 } }, output });
    const { device, sparsity, accuracy, structured } = document;
    assert.equal(device.dtype, 'float32');
    assert.deepEqual(device.after, device.before);
    assert.equal(accuracy, null);
    assert.equal(structured, null);
    const sum = (of: 'weights' | 'zeros') => sparsity!.reduce((n, layer) => n + layer[of], 0);
    assert.equal(sum('zeros'), Math.round(sum('weights') / 2));
    assert.match(
      formatPruning(document),
      /all +[\d,]+ +[\d,]+ +50\.0\d %[\s\S]*too few zeros for --pack-weights/,
    );
  });
});

test('TensorFlow Lite runs the pruned file as the simulator does', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'ic.tflite');
    const model = { bytes: exportTflite(ic('float32')), name: 'ic', file: 'ic.tflite' };
    await pruneFile(model, { method: { goal: { metric: 'macs', share: 0.5 } }, output });
    const { createSimulator } = await import('../src/simulator/simulator.js');
    const simulator = createSimulator(importModel(readFileSync(output), { name: 'ic' }));
    const input = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => Math.sin(i));
    simulator.setInputs(new Uint8Array(input.buffer));
    simulator.run();
    const ours = new Float32Array(simulator.outputs().buffer);
    const [theirs] = await runTflite(readFileSync(output), [input]);
    assert.equal(theirs!.length, ours.length);
    theirs!.forEach((v, i) => {
      assert.ok(Math.abs(Number(v) - ours[i]!) < 1e-4, `${v} ${ours[i]}`);
    });
  });
});

test('fine-tuning brings accuracy back, on samples it has not seen, and zeros stay zeros', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'sparse.tflite');
    const method: Method = { masks: { sparsity: 0.9 } };
    const options = { method, data: at('test.npz'), output, finetune: { epochs: 1, seed: 2 } };
    const { accuracy, sparsity, training } = await pruneFile(digits, options);
    assert.equal(accuracy!.samples, 200);
    assert.equal(training.length, 1);
    assert.ok(accuracy!.pruned! < accuracy!.before - 0.05);
    assert.ok(accuracy!.finetuned! > accuracy!.before - 0.05, JSON.stringify(accuracy));
    const sum = (of: 'weights' | 'zeros') => sparsity!.reduce((n, layer) => n + layer[of], 0);
    assert.equal(sum('zeros'), Math.round(0.9 * sum('weights')));
    const file = importModel(readFileSync(output), { name: 'digits' });
    assert.deepEqual(sparsityOf(file), sparsity);
  });
});

test('what cannot be done leaves no file', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'none.tflite');
    const int8 = { bytes: exportTflite(fixtures.dense!()), name: 'dense', file: 'dense.tflite' };
    for (const [model, method, code] of [
      [digits, { goal: { metric: 'macs', share: 0.001 } }, 'goal-unreachable'],
      [int8, { goal: { metric: 'macs', share: 0.5 } }, 'already-quantized'],
      [int8, { masks: { sparsity: 0.5 } }, 'already-quantized'],
      [digits, { masks: {} }, 'bad-usage'],
    ] as const) {
      await assert.rejects(
        () => pruneFile(model, { method, output }),
        (thrown) => thrown instanceof CrimpError && thrown.diagnostics[0]!.code === code,
      );
    }
    const cycles: Method = { goal: { metric: 'cycles', share: 0.5 } };
    await assert.rejects(
      () => pruneFile(digits, { method: cycles, output, target: 'host' }),
      /cannot be measured/,
    );
    const finetune = { epochs: 1 };
    const masks: Method = { masks: { sparsity: 0.5 } };
    await assert.rejects(() => pruneFile(digits, { method: masks, output, finetune }), /no data to train on/);
    assert.ok(!existsSync(output));
  });
});

test('pruned gradually after lasso: zeros outlast `train --keep-zeros` and int8, and a resumed run gives the same file', async () => {
  await withTemporaryFolder(async (folder) => {
    const file = (name: string) => path.join(folder, name);
    const data = at('calibration.npz');
    const method: Method = { masks: { sparsity: 0.8 }, schedule: 'cubic' };
    const training = { epochs: 1, seed: 2, checkpoint: file('run.npz') };
    const penalty = { kind: 'lasso', lambda: 1e-5 } as const;
    const options = { method, data, sparsify: { ...training, penalty }, finetune: training };
    const sparse = await pruneFile(digits, { ...options, output: file('sparse.tflite') });
    assert.equal(sparse.schedule, 'cubic');
    assert.deepEqual(
      { ...sparse.sparsify, training: sparse.sparsify!.training.length },
      { ...penalty, training: 1 },
    );
    assert.equal(sparse.accuracy!.pruned, null);
    assert.ok(sparse.accuracy!.sparsified! > 0.8 && sparse.accuracy!.finetuned! > 0.8);
    assert.match(
      formatPruning(sparse),
      /held out: [\d.]+ % before, [\d.]+ % sparsified, [\d.]+ % after 1 epoch/,
    );
    assert.deepEqual(readdirSync(folder).sort(), ['run.npz', 'run.sparsify.npz', 'sparse.tflite']);

    const resumed = {
      sparsify: { ...options.sparsify, resume: true },
      finetune: { ...training, resume: true },
    };
    rmSync(file('run.npz'));
    await pruneFile(digits, { ...options, ...resumed, output: file('again.tflite') });
    assert.deepEqual(readFileSync(file('again.tflite')), readFileSync(file('sparse.tflite')));

    const zeros = (name: string) =>
      weightMatrices(importModel(readFileSync(file(name)), { name: 'digits' })).map(({ data: weights }) =>
        [...weights].map((w) => w === 0),
      );
    const read = (name: string) => ({ bytes: readFileSync(file(name)), name: 'digits', file: file(name) });
    await trainFile(read('sparse.tflite'), {
      data,
      output: file('tuned.tflite'),
      keepZeros: true,
      epochs: 1,
    });
    await quantizeFile(read('tuned.tflite'), { data, output: file('int8.tflite') });
    const pruned = zeros('sparse.tflite');
    assert.deepEqual(zeros('tuned.tflite'), pruned);
    assert.equal(pruned.flat().filter(Boolean).length, Math.round(0.8 * pruned.flat().length));
    zeros('int8.tflite').forEach((layer, l) => {
      assert.ok(pruned[l]!.every((zero, i) => !zero || layer[i]));
    });
  });
});

test('channels go in rounds by Taylor importance, after group lasso', async () => {
  await withTemporaryFolder(async (folder) => {
    const output = path.join(folder, 'thin.tflite');
    const method: Method = {
      ...{ goal: { metric: 'macs', share: 0.7 }, importance: 'taylor', scope: 'global', rounds: 2 },
    };
    const training = { epochs: 1, checkpoint: path.join(folder, 'run.npz') };
    const penalty = { kind: 'group-lasso', lambda: 1e-5 } as const;
    const options = { method, sparsify: { ...training, penalty }, finetune: training };
    const thin = await pruneFile(digits, { ...options, data: at('calibration.npz'), output });
    assert.equal(thin.rounds, 2);
    assert.equal(thin.training.length, 2);
    assert.equal(thin.structured!.importance, 'taylor');
    const { macs } = thin.structured!;
    assert.ok(macs.after <= 0.7 * macs.before && macs.after > 0.6 * macs.before);
    assert.ok(thin.accuracy!.finetuned! > 0.8 && thin.accuracy!.pruned === null);
    const checkpoints = ['run.npz', 'run.round-1.npz', 'run.sparsify.npz', 'thin.tflite'];
    assert.deepEqual(readdirSync(folder).sort(), checkpoints);
  });
});

test('all that does not go together is said at once', async () => {
  const group = { epochs: 1, penalty: { kind: 'group-lasso', lambda: 0.1 } } as const;
  await assert.rejects(
    () =>
      pruneFile(digits, {
        ...{ method: { masks: { sparsity: 0.5 }, schedule: 'cubic' }, sparsify: group },
        output: 'none.tflite',
      }),
    (thrown) => {
      assert.ok(thrown instanceof CrimpError);
      const [schedule, penalty] = thrown.diagnostics;
      assert.match(schedule!.message, /a cubic schedule prunes while fine-tuning/);
      assert.match(penalty!.message, /group lasso makes channels small/);
      return thrown.diagnostics.length === 2;
    },
  );
  const method: Method = { goal: { metric: 'macs', share: 0.5 }, rounds: 2 };
  await assert.rejects(() => pruneFile(digits, { method, output: 'none.tflite' }), /fine-tuned in between/);
});
