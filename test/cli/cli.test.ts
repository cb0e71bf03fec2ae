/** The command as a user meets it: help, documents, exit codes, nothing half done. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { withTemporaryFolder } from '../../src/files.js';
import { crimp, type Ran } from '../support/cli.js';

const digits = (file: string) => assetPath(path.join('examples/digits', file));
const int8Model = assetPath('test/fixtures/conv_int8.tflite');
const verbs = [
  'analyze',
  'supported-ops',
  'quantize',
  'simulate',
  'generate',
  'build',
  'flash',
  'run',
].concat(['validate', 'bench', 'virtual', 'devices', 'doctor']);

/** One JSON document on stdout and nothing else there. */
function documentOf(ran: Ran) {
  return JSON.parse(ran.stdout);
}

function assertRefused(ran: Ran, code: number, pattern: RegExp) {
  assert.equal(ran.code, code, ran.stderr);
  assert.match(ran.stderr, pattern);
  assert.doesNotMatch(ran.stderr, /\n\s+at .*:\d+|NaN|undefined|\[object/);
}

test('help lists every verb, and each has its own with examples', async () => {
  const help = await crimp(['--help']);
  assert.equal(help.code, 0);
  for (const verb of verbs) {
    assert.match(help.stdout, new RegExp(`^  ${verb} `, 'm'));
    const own = await crimp([verb, '--help']);
    assert.equal(own.code, 0);
    assert.match(own.stdout, new RegExp(`Examples:\\n  \\$ crimp ${verb}`));
    assert.match(own.stdout, /--json/);
  }
});

test('bad usage exits with 2 and says how it is done', async () => {
  assertRefused(await crimp(['frobnicate']), 2, /unknown command/);
  assertRefused(await crimp(['analyze']), 2, /missing required argument/);
  assertRefused(await crimp(['simulate', int8Model]), 2, /--input/);
  assertRefused(await crimp(['analyze', int8Model, '--target', 'toaster']), 2, /unknown-target.*\n.*pico/);
  assertRefused(await crimp(['bench', int8Model, '--samples', 'many']), 2, /--samples/);
});

test('analyze tells what a model holds and whether it fits', async () => {
  const ran = await crimp(['analyze', int8Model, '--target', 'pico', '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  const { ops, macs, weightsBytes, arenaBytes, unsupported, fits } = documentOf(ran);
  assert.ok(
    ops.every((op: { name: string; type: string; macs: number }) => op.name && op.type && op.macs >= 0),
  );
  assert.equal(
    macs,
    ops.reduce((n: number, op: { macs: number }) => n + op.macs, 0),
  );
  assert.ok(macs > 0 && weightsBytes > 0 && arenaBytes > 0);
  assert.deepEqual(unsupported, []);
  assert.equal(fits, true);
});

test('supported-ops is read off the registries', async () => {
  const rows = documentOf(await crimp(['supported-ops', '--json']));
  const conv = rows.filter((row: { type: string }) => row.type === 'CONV_2D');
  assert.ok(conv.some((row: { input: string; c: boolean }) => row.input === 'int8' && row.c));
  assert.ok(!rows.some((row: { type: string }) => row.type === 'UNSUPPORTED'));
});

test('quantize, simulate, generate and build lead from a float model to firmware', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const data = digits('calibration.npz');
    const quantized = await crimp([
      'quantize',
      digits('digits.tflite'),
      '--data',
      data,
      '-o',
      at('q.tflite'),
      '--json',
    ]);
    assert.equal(quantized.code, 0, quantized.stderr);
    const { accuracy, layers } = documentOf(quantized);
    assert.ok(accuracy.float > 0.95 && accuracy.float - accuracy.int8 <= 0.01);
    assert.ok(layers.every((layer: { sqnr: number | null }) => layer.sqnr === null || layer.sqnr > 20));

    const test = digits('test.npz');
    const simulated = await crimp(['simulate', at('q.tflite'), '-i', test, '-o', at('y.npz'), '--json']);
    assert.equal(simulated.code, 0, simulated.stderr);
    assert.ok(documentOf(simulated).accuracy > 0.97);
    assert.ok(existsSync(at('y.npz')));

    const generated = await crimp([
      'generate',
      at('q.tflite'),
      '-t',
      'pico',
      '-o',
      at('c'),
      '--name',
      'digits',
      '--json',
    ]);
    assert.equal(generated.code, 0, generated.stderr);
    assert.deepEqual(readdirSync(at('c')).sort(), documentOf(generated).files.toSorted());

    const built = await crimp(['build', at('q.tflite'), '--target', 'host', '-o', at('host'), '--json']);
    assert.equal(built.code, 0, built.stderr);
    const validated = await crimp([
      'validate',
      at('host'),
      '--input',
      test,
      '-n',
      '5',
      '--tensors',
      '--json',
    ]);
    assert.equal(validated.code, 0, validated.stderr);
    const { exact, samples, values, mismatches, firstMismatch } = documentOf(validated);
    assert.deepEqual(
      { exact, samples, mismatches, firstMismatch },
      { exact: true, samples: 5, mismatches: 0, firstMismatch: null },
    );
    assert.ok(values > 5 * 10_000);
  });
});

test('a model that cannot be used is refused with every reason, and nothing is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const bytes = readFileSync(int8Model);
    writeFileSync(at('truncated.tflite'), bytes.subarray(0, bytes.length / 2));
    writeFileSync(at('text.tflite'), 'this is no model');
    writeFileSync(at('empty.tflite'), '');
    const before = readdirSync(folder);
    for (const name of before) {
      assertRefused(await crimp(['analyze', at(name)]), 2, /error\[/);
      assertRefused(await crimp(['build', at(name), '-o', at('out')]), 2, /error\[/);
      assertRefused(await crimp(['generate', at(name), '-o', at('out')]), 2, /error\[/);
    }
    assertRefused(await crimp(['analyze', at('absent.tflite')]), 2, /cannot-read.*no such file/);
    const wrongData = [
      'quantize',
      digits('digits.tflite'),
      '--data',
      at('text.tflite'),
      '-o',
      at('q.tflite'),
    ];
    assertRefused(await crimp(wrongData), 2, /error\[/);
    assertRefused(await crimp(['validate', folder]), 2, /not-a-build/);
    assert.deepEqual(readdirSync(folder), before);
  });
});

test('with --json a refusal is a document too', async () => {
  const ran = await crimp(['build', '/absent.tflite', '-o', '/absent', '--json']);
  assert.equal(ran.code, 2);
  const [diagnostic] = documentOf(ran).diagnostics;
  assert.equal(diagnostic.code, 'cannot-read');
  assert.ok(diagnostic.message && diagnostic.hint);
});

test('devices and doctor look around', async () => {
  const devices = documentOf(await crimp(['devices', '--json']));
  assert.ok(devices.some((device: { port: string }) => device.port === 'virtual:pico'));
  const doctor = await crimp(['doctor', '--json']);
  const { ok, findings } = documentOf(doctor);
  assert.equal(doctor.code, ok ? 0 : 3);
  assert.ok(findings.every((f: { ok: boolean; hint: string }) => f.ok || f.hint !== ''));
});
