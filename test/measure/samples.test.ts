import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accuracyOf, argMax } from '../../src/measure/accuracy.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { fixtures } from '../support/models.js';

const graph = fixtures.dense!();
const bytes = (values: readonly number[]) => new Uint8Array(Int8Array.from(values).buffer);

test('random samples are the same every time, differ from each other, and span the dtype', () => {
  const first = randomSamples(graph, 50);
  const again = randomSamples(graph, 50);
  const other = randomSamples(graph, 50, 2);
  const all = Array.from({ length: 50 }, (_, i) => first.bytes(i));
  all.forEach((sample, i) => {
    assert.equal(sample.length, 20);
    assert.deepEqual(again.bytes(i), sample);
    assert.notDeepEqual(other.bytes(i), sample);
  });
  assert.notDeepEqual(all[0], all[1]);
  const values = all.flatMap((sample) => [...new Int8Array(sample.buffer)]);
  assert.ok(Math.min(...values) < -120 && Math.max(...values) > 120);
});

test('random floats stay within what a model expects', () => {
  const float = randomSamples(fixtures.dense!('float32'), 5).bytes(0);
  const values = [...new Float32Array(float.slice().buffer)];
  assert.ok(values.every((value) => value >= -1 && value < 1));
  assert.ok(values.some((value) => value < 0) && values.some((value) => value > 0));
});

test('accuracy counts the first of equals, and signed values as signed', () => {
  assert.equal(argMax([1, 3, 3, 2]), 1);
  const answers = [bytes([-128, 127, 0, 0]), bytes([5, 5, 5, 5]), bytes([-1, -2, -3, -4])];
  assert.equal(accuracyOf(graph, answers, [1, 0, 0]), 1);
  assert.equal(accuracyOf(graph, answers, [1, 1, 3]), 1 / 3);
});

test('a simulation tells accuracy only of labelled samples', () => {
  const samples = randomSamples(graph, 3);
  const unlabelled = simulateSamples(graph, samples);
  assert.equal(unlabelled.accuracy, undefined);
  const right = [0, 1, 2].map((i) => argMax(new Int8Array(unlabelled.outputs.buffer, 4 * i, 4)));
  assert.equal(simulateSamples(graph, { ...samples, labels: right }).accuracy, 1);
});
