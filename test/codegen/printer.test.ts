import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Printer } from '../../codegen/printer.js';

test('calls wrap under their first argument and stay within the width', () => {
  const args = Array.from({ length: 12 }, (_, i) => `argument_number_${i}`);
  const rows = new Printer().call('kws_kernel', args).toString().trimEnd().split('\n');
  assert.ok(rows.length > 1);
  for (const row of rows) assert.ok(row.length <= 100, row);
  for (const row of rows.slice(1)) assert.match(row, /^ {11}argument/);
  assert.equal(rows.join('').replace(/\s+/g, ''), `kws_kernel(${args.join(',')});`);
});

test('arrays stand in columns, short ones in a line', () => {
  assert.equal(new Printer().array('int x[2]', ['1', '-2']).toString(), 'int x[2] = {1, -2};\n');
  const numbers = Array.from({ length: 100 }, (_, i) => String(i - 50));
  const rows = new Printer().array('int x[100]', numbers).toString().trimEnd().split('\n');
  assert.equal(rows[0], 'int x[100] = {');
  assert.equal(rows.at(-1), '};');
  assert.equal(new Set(rows.slice(1, -2).map((row) => row.length)).size, 1);
  assert.deepEqual(
    rows
      .slice(1, -1)
      .join('')
      .split(',')
      .map((s) => s.trim())
      .slice(0, -1),
    numbers,
  );
});

test('no text of a model ends a comment, opens one or holds a trigraph', () => {
  const text = new Printer().comment('a*/b /* c ??/ d \u{1F600} \\').toString();
  assert.match(text, /^\/\* [\x20-\x7e]* \*\/\n$/);
  assert.doesNotMatch(text.slice(2, -4), /\*\/|\/\*|\?\?|\\ *$/);
});

test('blocks, loops and functions indent what they hold', () => {
  const out = new Printer();
  out.function('static void f(void)', () => {
    out.loop('i', 3, () => out.line('g(i);'));
  });
  assert.equal(
    out.toString(),
    [
      'static void f(void)',
      '{',
      '    for (int32_t i = 0; i < 3; ++i) {',
      '        g(i);',
      '    }',
      '}',
      '',
    ].join('\n'),
  );
});
