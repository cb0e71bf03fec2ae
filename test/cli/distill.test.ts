/** `crimp distill` as a user meets it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { formatNpz } from '../../src/data/index.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { predict } from '../../src/train/predict.js';
import { random } from '../property/random.js';
import { crimp } from '../support/cli.js';
import { Network } from '../support/network.js';

/** Two dense layers. */
function network(name: string, seed: number, hidden: number, classes = 3): Graph {
  const n = new Network(name, 'float32', seed);
  return n.build(n.softmax(n.dense(n.dense(n.input([1, 4]), hidden, 'RELU'), classes)));
}

/** Labels are what the teacher answers, so that it is always right. */
async function writeProblem(folder: string) {
  const at = (name: string) => path.join(folder, name);
  const models = { teacher: network('teacher', 1, 24), student: network('student', 2, 12) };
  for (const [name, graph] of Object.entries({ ...models, four: network('four', 2, 6, 4) })) {
    writeFileSync(at(`${name}.tflite`), exportTflite(graph));
  }
  const rng = random(4);
  const values = Float32Array.from({ length: 4 * 300 }, () => 4 * rng.next() - 2);
  const x = { values, shape: [300, 4] };
  const answers = await predict(models.teacher, { count: 300, inputs: [values] });
  const labels = Uint8Array.from({ length: 300 }, (_, i) => {
    const row = [...answers.subarray(3 * i, 3 * i + 3)];
    return row.indexOf(Math.max(...row));
  });
  writeFileSync(at('unlabeled.npz'), formatNpz([['x', x]]));
  writeFileSync(
    at('train.npz'),
    formatNpz([
      ['x', x],
      ['y', { values: labels, shape: [300] }],
    ]),
  );
  return at;
}

test('a document with history and accuracy, the same file for the same seed, and a text', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = await writeProblem(folder);
    const args = ['distill', at('teacher.tflite'), '--student', at('student.tflite'), '--epochs', '20'];
    const flags = [...args, '-d', at('train.npz'), '--learning-rate', '0.02', '--validation', '0.2'];
    const ran = await crimp([...flags, '-o', at('a.tflite'), '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    const { history, samples, accuracy, temperature, alpha } = JSON.parse(ran.stdout);
    assert.deepEqual([history.length, samples, temperature, alpha], [20, 300, 4, 0.7]);
    assert.deepEqual([accuracy.heldOut, accuracy.samples, accuracy.teacher], [true, 60, 1]);
    assert.ok(accuracy.after > 0.8 && accuracy.after > accuracy.before, ran.stdout);
    const text = await crimp([...flags, '-o', at('b.tflite')]);
    assert.match(text.stdout, /^accuracy on 60 held-out samples: teacher 100\.00 %, student/m);
    assert.deepEqual(readFileSync(at('a.tflite')), readFileSync(at('b.tflite')));

    const alone = ['-d', at('unlabeled.npz'), '--alpha', '1', '--temperature', '2', '-o', at('c.tflite')];
    const unlabeled = await crimp([...args, ...alone, '--json']);
    assert.equal(unlabeled.code, 0, unlabeled.stderr);
    assert.equal(JSON.parse(unlabeled.stdout).accuracy, null);
  });
});

test('a student made of its teacher, taught by its layers, then in int8; with what it takes of the device', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = await writeProblem(folder);
    const common = [at('teacher.tflite'), '-d', at('train.npz'), '--epochs', '6', '--learning-rate', '0.02'];
    const made = ['--shrink', '0.5', '--layer', 'dense_1:0.5', '--layer', 'dense_2=dense_2'];
    const ran = await crimp(['distill', ...common, ...made, '-o', at('a.tflite'), '--json']);
    assert.equal(ran.code, 0, ran.stderr);
    const { macs, layers, device, accuracy } = JSON.parse(ran.stdout);
    assert.deepEqual(macs, { teacher: 4 * 24 + 24 * 3, student: 4 * 12 + 12 * 3 });
    assert.deepEqual(layers, [
      { teacher: 'dense_1', student: 'dense_1', loss: 'similarity', weight: 0.5 },
      { teacher: 'dense_2', student: 'dense_2', loss: 'features', weight: 1 },
    ]);
    assert.deepEqual([device.target, device.teacher.dtype, device.student.dtype], ['pico', 'int8', 'int8']);
    assert.ok(device.student.weightsBytes < device.teacher.weightsBytes, ran.stdout);
    assert.ok(accuracy.after > 0.8, ran.stdout);

    const int8 = [
      '--student',
      at('a.tflite'),
      '--qat',
      '3',
      '--keep-zeros',
      '--noise',
      '0.05',
      '--target',
      'pico',
    ];
    const text = await crimp(['distill', ...common, ...int8, '-o', at('b.tflite')]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^on pico +teacher, int8 +student, int8 +saved$/m);
    assert.match(text.stdout, /^MACs +168 +84 +50\.00 %$/m);
    assert.match(text.stdout, /^as its integers compute:$/m);
    assert.match(text.stdout, /^accuracy .*% before, .*% in float, .*% after$/m);
    const bytes = readFileSync(at('b.tflite'));
    const graph = importModel(bytes, { name: 'b' });
    assert.equal(graph.tensors[graph.inputs[0]!]!.dtype, 'int8');

    // To fewer MACs, from fresh weights, seen on the device.
    const fresh = ['--macs', '0.4', '--fresh', '--epochs', '1', '--measure'];
    const measured = await crimp(['distill', ...common, ...fresh, '-o', at('c.tflite'), '--json']);
    assert.equal(measured.code, 0, measured.stderr);
    const { device: seen, macs: fewer } = JSON.parse(measured.stdout);
    assert.ok(fewer.student <= 0.4 * fewer.teacher, measured.stdout);
    assert.ok(seen.student.cycles < seen.teacher.cycles && seen.student.cycles > 0, measured.stdout);
  });
});

test('what cannot be done is said, and no file is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = await writeProblem(folder);
    const refused = async (pattern: RegExp, student: string, data: string, ...flags: string[]) => {
      const args = ['distill', at('teacher.tflite'), '--student', at(student), '-d', at(data), ...flags];
      const ran = await crimp([...args, '-o', at('o.tflite')]);
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, pattern);
      assert.doesNotMatch(ran.stderr, /\n\s+at .*:\d+/);
      assert.ok(!existsSync(at('o.tflite')));
    };
    await refused(/distill-pair.*3 classes, .* 4/, 'four.tflite', 'train.npz');
    await refused(/data-labels.*no labels/, 'student.tflite', 'unlabeled.npz');
    await refused(/--alpha takes a number/, 'student.tflite', 'train.npz', '--alpha', 'half');
    await refused(/distill-option.*temperature is 0/, 'student.tflite', 'train.npz', '--temperature', '0');
    await refused(/cannot read|cannot-read/, 'missing.tflite', 'train.npz');
    await refused(/--student and --macs are 2 students/, 'student.tflite', 'train.npz', '--macs', '0.5');
    await refused(/--fresh is about a student made/, 'student.tflite', 'train.npz', '--fresh');
    await refused(/--layer takes TEACHER=STUDENT/, 'student.tflite', 'train.npz', '--layer', '=a');
    await refused(
      /no layer "dens_1"[\s\S]*mean dense_1\?/,
      'student.tflite',
      'train.npz',
      '--layer',
      'dens_1',
    );
    await refused(/--weights is about a quantized/, 'student.tflite', 'train.npz', '--weights', 'int4');
    await refused(/train-option.*cannot be shifted/, 'student.tflite', 'train.npz', '--shift', '1');
    const nobody = await crimp([
      'distill',
      at('teacher.tflite'),
      '-d',
      at('train.npz'),
      '-o',
      at('o.tflite'),
    ]);
    assert.match(nobody.stderr, /nothing says who the student is/);
  });
});
