import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { prefixOf } from '../../codegen/names.js';

test('a prefix comes from the name that the user knows', () => {
  assert.equal(prefixOf('kws'), 'kws');
  assert.equal(prefixOf('KWS Ref-Model'), 'kws_ref_model');
  assert.equal(prefixOf('3x3 détecteur'), 'm3x3_detecteur');
  assert.equal(prefixOf('inline'), 'inline_model');
  assert.equal(prefixOf('模型'), 'model');
  assert.equal(prefixOf(''), 'model');
});

test('a prefix is a C identifier, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
      assert.match(prefixOf(name), /^[a-z][a-z0-9_]{0,39}$/);
    }),
    { seed: 7, numRuns: 500 },
  );
});
