/** Recipes in memory: what comes out, that it comes out again, and that zeros stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zeroMasks } from '../../src/compress/prune/apply_masks.js';
import { macsOfGraph } from '../../src/compress/prune/cost.js';
import { CrimpError } from '../../src/diagnostics.js';
import { importModel } from '../../src/importers/index.js';
import { simulatedAccuracy } from '../../src/measure/simulated_accuracy.js';
import type { StepRecord } from '../../src/recipe/record.js';
import { type RunOptions, runRecipe } from '../../src/recipe/run.js';
import type { Plan } from '../../src/recipe/schema.js';
import { signsData, signsNetwork } from './signs.js';

const inputs = { model: signsNetwork(), data: { train: signsData(200, 4), test: signsData(100, 5) } };
const train = { step: 'train', epochs: 4, learningRate: 0.03 } as const;

const withoutTimes = (steps: readonly StepRecord[]) => steps.map(({ seconds: _, ...rest }) => rest);

const combined: Plan = {
  steps: [
    train,
    { step: 'prune', params: 0.7, importance: 'taylor', finetune: 1 },
    { step: 'prune', sparsity: 0.5, schedule: 'cubic', finetune: 2 },
    { step: 'distill', teacher: { step: 0 }, epochs: 1 },
    { step: 'quantize', clusters: 16, qat: { epochs: 1, teacher: 'original' } },
  ],
};

test('all techniques in a row: figures behind each step, zeros that stay, the same bytes and record again', async () => {
  const seen: string[] = [];
  const options: RunOptions = { onProgress: ({ step, phase }) => seen.push(`${step} ${phase}`) };
  const { graph, bytes, record } = await runRecipe(combined, inputs, options);
  const [trained, thin, sparse, taught, quantized] = record.steps as [
    StepRecord,
    StepRecord,
    StepRecord,
    StepRecord,
    StepRecord,
  ];
  assert.ok(trained.accuracy! > record.before.accuracy!);
  assert.ok(thin.parameters <= 0.7 * trained.parameters && thin.macs < trained.macs);
  assert.ok(thin.device.weightsBytes < trained.device.weightsBytes);
  assert.ok(sparse.weights.zeros >= Math.floor(sparse.weights.count / 2));
  assert.equal(taught.weights.zeros, sparse.weights.zeros);
  assert.ok(quantized.weights.zeros >= sparse.weights.zeros);
  assert.deepEqual([taught.dtype, quantized.dtype], ['float32', 'int8']);
  assert.ok(quantized.device.arenaBytes < taught.device.arenaBytes / 2);
  assert.deepEqual(
    record.steps.map(({ history }) => history?.length),
    [4, 1, 2, 1, 1],
  );
  assert.ok(quantized.quantization && thin.structured && sparse.sparsity);
  // What is on record is the model itself.
  assert.equal(quantized.accuracy, await simulatedAccuracy(graph, inputs.data.test));
  assert.deepEqual([quantized.macs, quantized.bytes], [macsOfGraph(graph), bytes.length]);
  assert.deepEqual(graph, importModel(bytes, { name: 'signs' }));
  assert.ok(
    ['-1 accuracy', '0 train', '2 finetune', '3 distill', '4 qat'].every((phase) => seen.includes(phase)),
  );

  const again = await runRecipe(record.plan, inputs);
  assert.deepEqual(again.bytes, bytes);
  assert.deepEqual(withoutTimes(again.record.steps), withoutTimes(record.steps));
  assert.deepEqual(again.record.plan, record.plan);
});

test('another seed is another run', async () => {
  const run = (seed: number) => runRecipe({ seed, steps: [{ ...train, epochs: 1 }] }, inputs);
  assert.notDeepEqual((await run(1)).bytes, (await run(2)).bytes);
});

test('behind finished steps the run goes on to the same bytes', async () => {
  const kept: { record: StepRecord; bytes: Uint8Array }[] = [];
  const whole = await runRecipe(combined, inputs, {
    onStep: (_, record, bytes) => kept.push({ record, bytes }),
  });
  const resumed = await runRecipe(combined, inputs, {
    finished: { before: whole.record.before, steps: kept.slice(0, 3) },
  });
  assert.deepEqual(resumed.bytes, whole.bytes);
  assert.deepEqual(withoutTimes(resumed.record.steps), withoutTimes(whole.record.steps));
});

test('zeros that a step has pruned stay where they are in every step behind it', async () => {
  const models: Uint8Array[] = [];
  const plan: Plan = {
    steps: [
      { step: 'prune', sparsity: 0.6 },
      { step: 'train', epochs: 2 },
      { step: 'distill', teacher: 'original', epochs: 1 },
      { step: 'quantize', weights: 'int4', rounding: 'data', correctBias: true, allowCollapse: true },
    ],
  };
  await runRecipe(plan, inputs, { onStep: (_, __, bytes) => models.push(bytes) });
  const [pruned, ...others] = models.map((bytes) => [
    ...zeroMasks(importModel(bytes, { name: 'signs' })).values(),
  ]);
  for (const masks of others) {
    masks.forEach((mask, layer) => {
      mask.forEach((kept, i) => {
        if (pruned![layer]![i] === 0) assert.equal(kept, 0, `layer ${layer}, weight ${i}`);
      });
    });
  }
});

test('functions of a program are losses and penalties', async () => {
  let asked = 0;
  const plan: Plan = {
    steps: [
      {
        ...{ ...train, epochs: 1 },
        loss: ({ logits }, tf) => {
          asked++;
          return tf.mean(tf.square(logits));
        },
        penalty: (weights, tf) => tf.sum(tf.abs(weights.values().next().value!)),
      },
    ],
  };
  const { record } = await runRecipe(plan, {
    ...inputs,
    data: { train: { ...inputs.data.train, labels: undefined } },
  });
  assert.ok(asked > 0);
  assert.equal(record.before.accuracy, null);
});

test('what goes wrong inside of a step says in which', async () => {
  const plan: Plan = {
    steps: [
      { ...train, epochs: 1 },
      { step: 'train', optimizer: 'sgd', learningRate: 1e38 },
    ],
  };
  await assert.rejects(runRecipe(plan, inputs), (thrown: CrimpError) => {
    assert.deepEqual(
      thrown.diagnostics.map(({ code, where }) => [code, where?.place]),
      [['training-diverged', 'steps[1]']],
    );
    return thrown instanceof CrimpError;
  });
});

test('a signal ends the run between two samples', async () => {
  const reason = new Error('enough');
  await assert.rejects(runRecipe({ steps: [train] }, inputs, { signal: AbortSignal.abort(reason) }), reason);
});
