import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFit, compile } from '../src/compile.js';
import { CrimpError, Exit } from '../src/diagnostics.js';
import { graphBuilder, perTensor } from '../src/graph/build.js';
import { host } from '../targets/host.js';
import { targets } from '../targets/index.js';
import { fixtures, kws } from './support/models.js';

const int8 = (shape: number[]) => ({ dtype: 'int8' as const, shape, quantization: perTensor(0.5, 1) });

test('the same model gives the same text, named as asked', () => {
  const [a, b] = [compile(kws(), host), compile(kws(), host)];
  assert.deepEqual([...a.sources.files], [...b.sources.files]);
  assert.match(a.hash, /^[0-9a-f]{16}$/);
  const named = compile(kws(), host, { name: 'Wake Word' });
  assert.deepEqual([...named.sources.files.keys()].sort(), [
    'wake_word.c',
    'wake_word.h',
    'wake_word_kernels.h',
    'wake_word_weights.h',
  ]);
  assert.equal(named.hash, a.hash);
});

test('every problem of a graph is told at once', () => {
  const b = graphBuilder('wrong');
  const x = b.input('x', int8([1, 4]));
  const y = b.op('ADD', 'y', [x, x], { activation: 'NONE' }, int8([1, 5]));
  const z = b.op('RESHAPE', 'z', [x], {}, int8([3]));
  const c = b.constant('c', { ...int8([2]), data: Int8Array.of(1, 2) });
  assert.throws(
    () => compile(b.build(y, z, c), host),
    (e) => {
      assert.ok(e instanceof CrimpError);
      assert.equal(e.exitCode, Exit.badInput);
      const where = e.diagnostics.map((d) => d.where?.op?.name ?? d.where?.tensor?.name);
      assert.deepEqual(new Set(where), new Set(['y', 'z', 'c']));
      return true;
    },
  );
});

test('a model too large for a board is told in bytes of RAM and of flash', () => {
  for (const target of targets) {
    const { sources } = compile(fixtures.conv!(), target);
    assert.deepEqual(checkFit(sources, target), [], target.name);
    if (!target.firmware) continue;
    const { ram, flash } = target.firmware;
    const problems = checkFit({ arenaBytes: ram.bytes, weightsBytes: flash.bytes + 1 }, target);
    assert.deepEqual(
      problems.map((p) => p.code),
      ['model-too-large', 'model-too-large'],
    );
    assert.match(problems[0]!.message, new RegExp(`${ram.bytes} bytes of RAM`));
    assert.match(sources.files.get('conv.h')!, /_Static_assert\(\d+ <= \d+,/);
  }
});
