import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { collectKernels, parseKernelFile, rename } from '../../codegen/kernel_source.js';
import { assetPath } from '../../src/assets.js';

const source = `#include <stdint.h>

#include "helper.c"

/* Says what the file is about; belongs to no definition. */

/* A pair. */
struct crimp_pair {
    int32_t a;
};

static const int8_t crimp_table[2] = {1, 2};

/*
 * The sum.
 */
static int32_t crimp_sum(const struct crimp_pair *pair,
                         int32_t b)
{
    return pair->a + b + crimp_helper(crimp_table[0]);
}
`;

test('a kernel file falls into definitions with their comments and what they use', () => {
  const file = parseKernelFile(source, 'portable/sum.c');
  assert.deepEqual(file.systemIncludes, ['stdint.h']);
  assert.deepEqual(file.includes, ['portable/helper.c']);
  assert.deepEqual(
    file.definitions.map((d) => [d.name, [...d.uses].sort()]),
    [
      ['struct crimp_pair', []],
      ['crimp_table', []],
      ['crimp_sum', ['crimp_helper', 'crimp_table', 'struct crimp_pair']],
    ],
  );
  assert.match(file.definitions[0]!.text, /^\/\* A pair\. \*\/\nstruct/);
  assert.match(file.definitions[2]!.text, /^\/\*\n \* The sum\.\n \*\/\nstatic/);
});

test('renaming keeps what stood under a parenthesis there', () => {
  const text = rename(parseKernelFile(source, 'portable/sum.c').definitions[2]!.text, 'a_long_prefix');
  const rows = text.split('\n');
  const open = rows.findIndex((row) => row.includes('a_long_prefix_sum('));
  assert.equal(rows[open + 1]!.search(/\S/), rows[open]!.indexOf('(') + 1);
  assert.doesNotMatch(text, /crimp/);
});

test('every kernel file that ships is in the form that is understood', () => {
  const folder = assetPath('codegen/kernels');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.c'),
  );
  assert.ok(files.length > 0);
  for (const name of files) {
    const file = name.replaceAll('\\', '/');
    const { definitions } = collectKernels([file], []);
    assert.deepEqual(definitions, [], 'nothing is wanted, nothing is taken');
  }
});

test('a kernel that no source defines is a mistake that is named', () => {
  assert.throws(() => collectKernels([], ['crimp_nothing']), /crimp_nothing/);
});
