/** The command as a user meets it: help, documents, exit codes, nothing half done. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { withTemporaryFolder } from '../../src/files.js';
import { tensorTypeOf } from '../../src/formats/tflite/data.js';
import { writeModel } from '../../src/formats/tflite/writer.js';
import { crimp, type Ran } from '../support/cli.js';
import { Network } from '../support/network.js';

const digits = (file: string) => assetPath(path.join('examples/digits', file));
const int8Model = assetPath('test/fixtures/conv_int8.tflite');
const verbs = [
  'analyze',
  'prune',
  'supported-ops',
  'quantize',
  'train',
  'distill',
  'simulate',
  'generate',
  'build',
  'flash',
  'run',
].concat(['check', 'validate', 'bench', 'virtual', 'devices', 'doctor', 'compress']);

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
  const ran = await crimp(['analyze', int8Model, '--target', 'pico', '--passes', '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  const { ops, macs, weightsBytes, arenaBytes, unsupported, fits, passes } = documentOf(ran);
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
  assert.deepEqual(passes, { opsBefore: ops.length, opsAfter: ops.length, steps: [] });
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
    assert.ok(accuracy.float > 0.95 && accuracy.float - accuracy.quantized <= 0.01);
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

test('a model too large for the board is refused with both sizes, and nothing is written', async () => {
  await withTemporaryFolder(async (folder) => {
    const n = new Network('large', 'float32', 1);
    const x = n.conv(n.input([1, 96, 96, 3]), 24, { kernel: [3, 3], activation: 'RELU' });
    const file = path.join(folder, 'large.tflite');
    writeFileSync(file, exportTflite(n.build(n.conv(x, 24, { kernel: [1, 1] }))));
    const reason = /arena needs \d+ bytes of RAM.* pico has \d+/;
    const analyzed = await crimp(['analyze', file, '--target', 'pico']);
    assert.equal(analyzed.code, 2);
    assert.match(analyzed.stdout, reason);
    assert.match(analyzed.stdout, /does not fit pico\n$/);
    assert.equal((await crimp(['analyze', file])).code, 0, 'the host has room');
    for (const verb of ['build', 'generate']) {
      assertRefused(await crimp([verb, file, '-t', 'pico', '-o', path.join(folder, 'out')]), 2, reason);
    }
    assert.deepEqual(readdirSync(folder), ['large.tflite']);
  });
});

test('a model with unsupported ops is refused with each of them', async () => {
  await withTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'branches.tflite');
    writeFileSync(file, unsupportedModel());
    const analyzed = await crimp(['analyze', file, '--json']);
    assert.equal(analyzed.code, 2);
    const { unsupported, arenaBytes, fits } = documentOf(analyzed);
    const types = unsupported.map((op: { type: string }) => op.type);
    assert.deepEqual(types, ['IF', 'WHILE', 'CUSTOM:MyOp']);
    assert.ok(unsupported.every((op: { reasons: string[] }) => op.reasons[0]));
    assert.deepEqual([arenaBytes, fits], [null, false]);
    const built = await crimp(['build', file, '-o', path.join(folder, 'out')]);
    assertRefused(built, 2, /unsupported-op/);
    for (const op of [/op 0 IF/, /op 1 WHILE/, /op 2 CUSTOM/]) assert.match(built.stderr, op);
    assert.deepEqual(readdirSync(folder), ['branches.tflite']);
  });
});

/** Three ops in a row that a graph of fixed order cannot have, or that only their maker knows. */
function unsupportedModel(): Uint8Array {
  const tensors = [0, 1, 2, 3].map((i) => ({ name: `t${i}`, shape: [1, 2], type: tensorTypeOf('float32') }));
  const operators = [0, 1, 2].map((i) => ({ opcode_index: i, inputs: [i], outputs: [i + 1] }));
  return writeModel({
    version: 3,
    operator_codes: [{ builtin_code: 118 }, { builtin_code: 119 }, { builtin_code: 32, custom_code: 'MyOp' }],
    subgraphs: [{ tensors, inputs: [0], outputs: [3], operators }],
    buffers: [{}],
  });
}

test('data of another shape is refused with both shapes, and each format is taken', async () => {
  await withTemporaryFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const wrong = ['simulate', int8Model, '-i', digits('test.npz'), '-o', at('y.npz')];
    assertRefused(await crimp(wrong), 2, /\[2000,28,28,1\].*\[1,9,7,3\]/);
    assertRefused(await crimp([...wrong.slice(0, -1), at('y.csv')]), 2, /\.npz, \.npy, \.bin/);
    writeFileSync(at('x.bin'), new Uint8Array(2 * 9 * 7 * 3));
    for (const name of ['y.bin', 'y.npy', 'y.npz']) {
      const ran = await crimp(['simulate', int8Model, '-i', at('x.bin'), '-o', at(name)]);
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(ran.stdout, `2 samples simulated, outputs in ${at(name)}\n`);
    }
    const raw = await crimp(['simulate', int8Model, '-i', at('x.bin'), '--raw', '--json']);
    const { outputs, samples } = documentOf(raw);
    assert.equal(samples, 2);
    const bytes = Buffer.from(Int8Array.from(outputs.y.flat()).buffer);
    assert.deepEqual(bytes, readFileSync(at('y.bin')));
    assert.deepEqual(readdirSync(folder).sort(), ['x.bin', 'y.bin', 'y.npy', 'y.npz']);
  });
});

test('build, run, validate, bench and flash agree on one virtual board', async () => {
  await withTemporaryFolder(async (folder) => {
    const build = path.join(folder, 'build');
    const built = await crimp(['build', assetPath('test/fixtures/dense_int8.tflite'), '-o', build, '--json']);
    assert.equal(built.code, 0, built.stderr);
    const { flash, ram, files } = documentOf(built);
    assert.equal(flash.total, flash.code + flash.weights);
    assert.equal(ram.total, ram.arena + ram.static + ram.stack);
    assert.ok(files.every((file: string) => existsSync(path.join(build, file))));

    const validated = documentOf(await crimp(['validate', build, '--port', 'virtual:pico:uart', '--json']));
    assert.deepEqual(validated, {
      exact: true,
      samples: 10,
      values: 40,
      mismatches: 0,
      firstMismatch: null,
      mismatchesByLayer: [],
    });
    const run = documentOf(await crimp(['run', build, '-n', '2', '--json']));
    assert.equal(run.cycles.length, 2);
    assert.ok(run.outputs.y.every((answer: number[]) => Math.abs(answer.reduce((a, b) => a + b) - 1) < 0.05));

    const bench = documentOf(await crimp(['bench', build, '-n', '2', '--xip', '--json']));
    assert.equal(bench.cycles.median, Math.min(...run.cycles));
    assert.equal(bench.macs, 384);
    assert.equal(bench.cyclesPerMac, bench.cycles.median / 384);
    assert.equal(bench.microseconds, bench.cycles.median / 125);
    assert.deepEqual(Object.keys(bench.layers[0]), ['name', 'type', 'macs', 'cycles']);
    assert.ok(bench.withXipCache.cycles.median > bench.cycles.median);

    const flashed = await crimp(['flash', build, '--port', 'virtual:pico']);
    assert.equal(flashed.code, 0, flashed.stderr);
    assert.match(flashed.stdout, /^virtual:pico runs dense_int8 [0-9a-f]{16}\n$/);
    assertRefused(await crimp(['validate', build, '--target', 'host']), 2, /built for pico/);
    assertRefused(await crimp(['validate', build, '--port', '/dev/ttyNone']), 3, /port-absent/);
    assertRefused(await crimp(['validate', build, '--port', 'virtual:toaster']), 2, /virtual:pico/);
  });
});

test('another process talks to a served virtual board until it is unplugged', {
  skip: process.platform === 'win32',
}, async () => {
  await withTemporaryFolder(async (folder) => {
    const fixture = (name: string) => assetPath(`test/fixtures/${name}_int8.tflite`);
    for (const name of ['dense', 'pool'])
      await crimp(['build', fixture(name), '-o', path.join(folder, name)]);
    const at = (name: string) => path.join(folder, name);
    const firmware = path.join(at('dense'), 'firmware.uf2');
    const served = spawn(process.execPath, [assetPath('dist/cli.js'), 'virtual', 'pico', firmware, '--json']);
    const ended = new Promise((resolve) => served.on('close', (code) => resolve(code)));
    const [line] = (await once(served.stdout, 'data')) as [Buffer];
    const { port, drive } = JSON.parse(line.toString());

    const validated = await crimp(['validate', at('dense'), '--port', port, '-n', '2', '--json']);
    assert.equal(validated.code, 0, validated.stderr);
    assertRefused(await crimp(['validate', at('pool'), '--port', port]), 3, /wrong-model.*dense_int8/);
    const flashed = await crimp(['flash', at('pool'), '--port', port, '--volume', drive, '--json']);
    assert.equal(flashed.code, 0, flashed.stderr);
    assert.equal(documentOf(flashed).port, port);
    assert.equal((await crimp(['validate', at('pool'), '--port', port, '-n', '2'])).code, 0);

    served.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.equal(existsSync(drive), false);
  });
});

test('the host counts no cycles and says so; what its build knows, it tells', async () => {
  await withTemporaryFolder(async (folder) => {
    const model = assetPath('test/fixtures/dense_int8.tflite');
    assertRefused(await crimp(['bench', model, '--target', 'host']), 2, /host has no cycle counter/);
    const built = documentOf(
      await crimp(['build', model, '-t', 'host', '-o', path.join(folder, 'host'), '--json']),
    );
    const { arenaBytes, weightsBytes } = documentOf(await crimp(['analyze', model, '--json']));
    assert.deepEqual([built.ram.arena, built.flash.weights], [arenaBytes, weightsBytes]);
    writeFileSync(path.join(folder, 'file'), '');
    const onFile = ['build', model, '-t', 'host', '-o', path.join(folder, 'file')];
    assertRefused(await crimp(onFile), 2, /is a file, not a folder/);
    assert.deepEqual(readdirSync(folder).sort(), ['file', 'host']);
  });
});

test('Ctrl-C ends a build with 130 and leaves nothing', { skip: process.platform === 'win32' }, async () => {
  await withTemporaryFolder(async (folder) => {
    const out = path.join(folder, 'out');
    const child = spawn(process.execPath, [assetPath('dist/cli.js'), 'build', int8Model, '-o', out]);
    const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
    // Its temporary folder is the sign that it is at work.
    while (child.exitCode === null && readdirSync(folder).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    assert.deepEqual(readdirSync(folder), []);
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
