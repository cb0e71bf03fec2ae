import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomSamples } from '../../src/measure/random_samples.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { formatBuild } from '../../src/report/build.js';
import { formatDoctor } from '../../src/report/doctor.js';
import { answersDocument, formatAnswers } from '../../src/report/simulation.js';
import { formatSupportedOps, supportedOps } from '../../src/report/supported_ops.js';
import { bytes, count, milliseconds, percent, plural, shorten, table } from '../../src/report/table.js';
import { fixtures } from '../support/models.js';

test('numbers read as people write them', () => {
  assert.equal(count(12_501_632), '12,501,632');
  assert.equal(bytes(9_999), '9,999 B');
  assert.equal(bytes(16_384), '16,384 B (16.0 KiB)');
  assert.equal(percent(0.98251), '98.25 %');
  assert.equal(milliseconds(20_471.7), '20.47 ms');
  assert.deepEqual([plural(1, 'sample'), plural(2_000, 'sample')], ['1 sample', '2,000 samples']);
  assert.equal(shorten('dense/MatMul;dense/BiasAdd'), 'dense/MatMul');
  assert.equal(shorten('a/very/long/name/of/a/layer/conv'), '…ng/name/of/a/layer/conv');
});

test('a table aligns its columns and leaves no space at the end of a line', () => {
  const text = table(
    [{ title: 'name' }, { title: 'n', align: 'right' }, { title: '' }],
    [
      ['a', 1, ''],
      ['longer', 1_000, 'x'],
    ],
  );
  assert.equal(text, 'name       n\na          1\nlonger  1000  x');
});

test('answers are real values, integers on request, and all in the document', () => {
  const graph = fixtures.dense!();
  const simulation = simulateSamples(graph, randomSamples(graph, 2));
  const raw = answersDocument(graph, simulation, { raw: true });
  const integers = [...new Int8Array(simulation.outputs.buffer)];
  assert.deepEqual(raw.outputs, { y: [integers.slice(0, 4), integers.slice(4)] });
  const { outputs, accuracy } = answersDocument(graph, simulation, {});
  assert.equal(accuracy, null);
  const reals = integers.map((q) => (q + 128) / 256);
  assert.deepEqual(outputs, { y: [reals.slice(0, 4), reals.slice(4)] });
  assert.equal(answersDocument(graph, simulation, { file: 'y.npz' }).outputs, undefined);
  const text = formatAnswers(graph, simulation, 'simulated', { raw: true });
  assert.match(text, new RegExp(`^2 samples simulated\\n0: ${integers.slice(0, 4).join(' ')}\\n1: `));
});

test('a build for the host tells what is known, and says nothing of the rest', () => {
  const text = formatBuild(
    {
      target: 'host',
      model: { name: 'm', hash: '0', packWeights: false },
      flash: { code: null, weights: 1_234, total: null },
      ram: { arena: 56, static: null, stack: null, total: null },
      files: ['model'],
    },
    'out',
  );
  assert.match(text, /weights 1,234 B, arena 56 B/);
  assert.doesNotMatch(text, /null|NaN|undefined/);
});

test('doctor says what is missing, and below what to do', () => {
  const text = formatDoctor({
    ok: false,
    findings: [
      { what: 'Node.js', ok: true, found: '20.1.0', hint: '' },
      { what: '/dev/ttyACM0', ok: false, found: 'belongs to group dialout', hint: 'Run `sudo usermod`.' },
    ],
  });
  assert.match(text, /^ok {7}Node\.js +20\.1\.0\nMISSING {2}\/dev\/ttyACM0 +belongs to group dialout\n/);
  assert.match(text, /→ \/dev\/ttyACM0: Run `sudo usermod`\.$/);
});

test('operators are listed by name', () => {
  const types = supportedOps().map(({ type }) => type);
  assert.deepEqual(types, [...types].sort());
  assert.match(
    formatSupportedOps(supportedOps()),
    /^operator .*simulate {2}C\n[\s\S]*\nADD +int8 +int8 +yes +yes\n/,
  );
});
