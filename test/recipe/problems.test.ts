/** Every way in which a recipe can be wrong is said, with its place, before anything runs; all of them at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { checkFiles } from '../../src/recipe/files.js';
import { parseRecipe } from '../../src/recipe/parse.js';
import { runRecipe } from '../../src/recipe/run.js';
import type { Plan } from '../../src/recipe/schema.js';
import { signsData, signsNetwork, writeSigns } from './signs.js';

const base = { model: 'm.tflite', data: { train: 't.npz' }, output: 'o.tflite' };

function problems(work: () => unknown): readonly Diagnostic[] {
  try {
    work();
  } catch (thrown) {
    assert.ok(thrown instanceof CrimpError, String(thrown));
    return thrown.diagnostics;
  }
  return [];
}

const ofRecipe = (value: unknown) => problems(() => parseRecipe(value, 'r.json'));

/** A recipe of one step, or with other keys: where it is wrong, and what is said of it. */
const table: [value: object, place: string, message: RegExp, hint?: RegExp][] = [
  [{ steps: [] }, 'steps', /is \[\]/, /at least one step/],
  [{}, 'steps', /is missing/],
  [{ model: 3, steps: [{ step: 'train' }] }, 'model', /is 3/, /a path/],
  [{ seed: 1.5, steps: [{ step: 'train' }] }, 'seed', /is 1.5/, /whole number/],
  [{ target: 'pico3', steps: [{ step: 'train' }] }, 'target', /no target "pico3"/, /host, pico/],
  [{ target: 'host', measure: true, steps: [{ step: 'train' }] }, 'measure', /nothing can be measured/],
  [{ stesp: [], steps: [{ step: 'train' }] }, 'stesp', /no key "stesp"/, /Known here: .*steps/],
  [{ data: { training: 'x' }, steps: [{ step: 'prune', macs: 0.5 }] }, 'data.training', /no key/],
  [
    { data: { train: 't.npz', validation: 1.5 }, steps: [{ step: 'train' }] },
    'data.validation',
    /is 1.5/,
    /share/,
  ],
  [{ data: {}, steps: [{ step: 'train' }] }, 'steps[0]', /train needs data/, /data\.train/],
  [{ steps: [{ step: 'prun', macs: 0.5 }] }, 'steps[0].step', /is "prun"/, /Did you mean "prune"/],
  [{ steps: ['train'] }, 'steps[0]', /is "train"/],
  [{ steps: [{ step: 'train', epoch: 3 }] }, 'steps[0].epoch', /no key "epoch"/, /Did you mean "epochs"/],
  [{ steps: [{ step: 'train', epochs: 0 }] }, 'steps[0].epochs', /is 0/, /positive whole number/],
  [{ steps: [{ step: 'train', learningRate: '1e-3' }] }, 'steps[0].learningRate', /is "1e-3"/, /above 0/],
  [{ steps: [{ step: 'train', schedule: 'cosin' }] }, 'steps[0].schedule', /is "cosin"/, /mean "cosine"/],
  [
    { steps: [{ step: 'train', schedule: { step: 2, by: 3 } }] },
    'steps[0].schedule.by',
    /no key/,
    /step, factor/,
  ],
  [{ steps: [{ step: 'train', patience: 3 }] }, 'steps[0].patience', /no held-out samples/, /validation/],
  [{ steps: [{ step: 'train', penalty: 'lasso' }] }, 'steps[0].penalty', /is "lasso"/, /a function/],
  [{ steps: [{ step: 'prune' }] }, 'steps[0]', /how much to prune/],
  [{ steps: [{ step: 'prune', macs: 0.5, params: 0.5 }] }, 'steps[0].params', /two goals/],
  [
    { steps: [{ step: 'prune', macs: 0.5, sparsity: 0.5 }] },
    'steps[0].sparsity',
    /is about weights/,
    /two steps/,
  ],
  [{ steps: [{ step: 'prune', sparsity: 1 }] }, 'steps[0].sparsity', /is 1/, /below 1/],
  [{ steps: [{ step: 'prune', sparsity: 0.5, threshold: 0.1 }] }, 'steps[0].threshold', /two things/],
  [
    { steps: [{ step: 'prune', sparsity: 0.9, schedule: 'cubic' }] },
    'steps[0].schedule',
    /there is none/,
    /finetune/,
  ],
  [{ steps: [{ step: 'prune', sparsity: 0.9, importance: 'l1' }] }, 'steps[0].importance', /about channels/],
  [{ steps: [{ step: 'prune', pattern: '2of4' }] }, 'steps[0].pattern', /is "2of4"/, /"2:4"/],
  [{ steps: [{ step: 'prune', pattern: '4:2' }] }, 'steps[0].pattern', /cannot keep 4 of every 2/],
  [{ steps: [{ step: 'prune', pattern: '2:4', sparsity: 0.5 }] }, 'steps[0].sparsity', /by itself/],
  [{ steps: [{ step: 'prune', pattern: '4x1' }] }, 'steps[0].pattern', /how many of them go/],
  [{ steps: [{ step: 'prune', macs: 0.5, rounds: 3 }] }, 'steps[0].rounds', /fine-tuned in between/],
  [{ steps: [{ step: 'prune', macs: 0.5, learningRate: 0.1 }] }, 'steps[0].learningRate', /about training/],
  [{ steps: [{ step: 'prune', macs: 0.5, lasso: 0.1 }] }, 'steps[0].lasso', /there is none/, /sparsify/],
  [{ steps: [{ step: 'prune', macs: 0.5, sparsify: 2 }] }, 'steps[0].sparsify', /penalty/, /groupLasso/],
  [{ target: 'host', steps: [{ step: 'prune', cycles: 0.5 }] }, 'steps[0].cycles', /cannot be measured/],
  [{ steps: [{ step: 'distill' }] }, 'steps[0].teacher', /the same model/],
  [{ steps: [{ step: 'distill', shrink: 0.5, macs: 0.5 }] }, 'steps[0].macs', /two sizes/],
  [{ steps: [{ step: 'distill', teacher: { step: 1 } }] }, 'steps[0].teacher', /not there yet/],
  [{ steps: [{ step: 'distill', shrink: 0.5, alpha: 2 }] }, 'steps[0].alpha', /is 2/, /from 0 to 1/],
  [{ steps: [{ step: 'quantize', int4Sqnr: 12 }] }, 'steps[0].int4Sqnr', /int4/],
  [
    { steps: [{ step: 'quantize', weights: 'int4', activations: 'int16' }] },
    'steps[0].weights',
    /int8 activations/,
  ],
  [{ steps: [{ step: 'quantize', clusters: 1 }] }, 'steps[0].clusters', /is 1/, /2 to 256/],
  [{ steps: [{ step: 'quantize', qat: {}, correctBias: true }] }, 'steps[0].correctBias', /without training/],
  [{ steps: [{ step: 'quantize', qat: { alpha: 0.5 } }] }, 'steps[0].qat.alpha', /about a teacher/],
  [
    { steps: [{ step: 'quantize', qat: { epohcs: 1 } }] },
    'steps[0].qat.epohcs',
    /no key/,
    /Did you mean "epochs"/,
  ],
  [{ steps: [{ step: 'quantize' }, { step: 'train' }] }, 'steps[1]', /works on float models/, /last/],
];

test('each wrong recipe has one diagnostic, at its place', () => {
  for (const [given, place, message, hint = /./] of table) {
    const found = ofRecipe({ ...base, ...given });
    const said = JSON.stringify({ given, found });
    assert.equal(found.length, 1, said);
    assert.deepEqual([found[0]!.where?.file, found[0]!.where?.place], ['r.json', place], said);
    assert.match(found[0]!.message, message, said);
    assert.match(found[0]!.hint, hint, said);
  }
});

test('what is no object at all is said too', () => {
  for (const value of [null, 3, 'prune', []]) assert.ok(ofRecipe(value).length > 0, String(value));
});

test('all that is wrong is said at once, whichever check finds it', () => {
  const found = ofRecipe({
    ...{ ...base, target: 'pico3', output: 3 },
    steps: [
      { step: 'quantize', weights: 'int4', activations: 'int16' },
      { step: 'prune', sparsity: 0.9, schedule: 'cubic' },
      { step: 'train', epochs: -1, batchSize: 0.5 },
    ],
  });
  assert.deepEqual(found.map(({ where }) => where!.place).sort(), [
    'output',
    'steps[0].weights',
    'steps[1]',
    'steps[1].schedule',
    'steps[2].batchSize',
    'steps[2].epochs',
    'target',
  ]);
});

test('files that are not there, and an output that would overwrite what is read', async () => {
  await withTemporaryFolder(async (folder) => {
    writeSigns(folder);
    const found = (recipe: object) =>
      problems(() =>
        parseRecipe({ ...base, steps: [{ step: 'prune', macs: 0.5 }], ...recipe }, 'r.json', (r) =>
          checkFiles(r, folder, 'r.json'),
        ),
      ).map((d) => [d.where!.place, d.message]);
    assert.deepEqual(
      found({ data: { train: 'train.npz' }, steps: [{ step: 'distill', teacher: 'big.tflite' }] }),
      [
        ['model', 'm.tflite is not there'],
        ['steps[0].teacher', 'big.tflite is not there'],
      ],
    );
    const model = { model: 'signs.tflite', data: { train: 'train.npz' } };
    assert.deepEqual(found({ ...model, output: './signs.tflite' }), [
      ['output', './signs.tflite is also model, which is only read'],
    ]);
    assert.deepEqual(found({ ...model, output: 'signs.h5' }), [
      ['output', 'signs.h5 does not end in .tflite'],
    ]);
    assert.match(String(found({ ...model, data: { ...model.data, normalize: '0..2' } })), /data\.normalize/);
    assert.deepEqual(found(model), []);
  });
});

test('defaults are filled in, and a resolved recipe resolves to itself', () => {
  const recipe = parseRecipe({
    ...{ ...base, seed: 7 },
    steps: [
      { step: 'train', optimizer: 'sgd' },
      { step: 'prune', macs: 0.5, finetune: 1 },
      { step: 'prune', sparsity: 0.5, seed: 2 },
      { step: 'distill', teacher: { step: 0 } },
      { step: 'quantize', qat: { teacher: 'original' } },
    ],
  });
  const [train, channels, weights, distill, quantize] = recipe.steps as unknown as Record<string, unknown>[];
  assert.deepEqual([train!.learningRate, train!.epochs, train!.seed], [0.01, 10, 7]);
  assert.deepEqual([channels!.scope, channels!.importance, channels!.learningRate], ['layer', 'l1', 0.001]);
  assert.deepEqual([weights!.scope, weights!.schedule, weights!.seed], ['global', 'one-shot', 2]);
  assert.deepEqual([distill!.temperature, distill!.alpha], [4, 0.7]);
  assert.deepEqual(
    [(quantize!.qat as Record<string, unknown>).alpha, quantize!.io, quantize!.calibrator],
    [0.7, 'int8', 'mse'],
  );
  assert.deepEqual(parseRecipe(recipe), recipe);
});

test('data without labels and a teacher that is not handed in are said before anything runs', async () => {
  const labeled = signsData(40, 1);
  const unlabeled = { ...labeled, labels: undefined };
  const refused = (plan: Plan, data: typeof labeled | typeof unlabeled, code: string, places: string[]) =>
    assert.rejects(
      runRecipe(plan, { model: signsNetwork(), data: { train: data } }),
      (thrown: CrimpError) => {
        assert.deepEqual(
          thrown.diagnostics.map((d) => [d.code, d.where?.place]),
          places.map((place) => [code, place]),
        );
        return true;
      },
    );
  const steps: Plan['steps'] = [
    { step: 'train' },
    { step: 'prune', macs: 0.5, finetune: 1 },
    { step: 'distill', teacher: 'original', alpha: 1 },
    { step: 'quantize' },
  ];
  await refused({ steps }, unlabeled, 'data-labels', ['steps[0]', 'steps[1]']);
  await refused({ steps: [{ step: 'distill', teacher: 'big.tflite' }] }, labeled, 'recipe', [
    'steps[0].teacher',
  ]);
});
