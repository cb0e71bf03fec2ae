/** The laws of ARCHITECTURE.md that a program can check: which way imports run, one name an operator, boards as data. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { emittedTypes } from '../codegen/ops/registry.js';
import { packageRoot } from '../src/assets.js';
import { allDefinitions } from '../src/ops/registry.js';
import { targets } from '../targets/index.js';

/** Data flows down this list; a file imports from its own row and from those above. */
const flow: readonly (readonly string[])[] = [
  ['src/diagnostics.ts', 'src/assets.ts', 'src/files.ts', 'src/model_file.ts', 'src/numerics'],
  ['src/graph', 'src/ops', 'src/formats', 'src/serial', 'targets'],
  ['src/data', 'src/importers', 'src/exporters', 'src/passes', 'src/planner', 'src/simulator'],
  ['src/train'],
  ['src/compress'],
  ['codegen'],
  ['src/compile.ts'],
  ['src/footprint.ts', 'src/predict.ts'],
  ['src/firmware'],
  ['src/flash', 'src/virtual'],
  ['src/link'],
  ['src/measure'],
  ['src/runtimes'],
  [
    'src/quantize_file.ts',
    'src/prune_file.ts',
    'src/prune_goal.ts',
    'src/on_device.ts',
    'src/recipe',
    'src/compress_file.ts',
    'src/convert_file.ts',
    'src/check_record.ts',
    'src/check_file.ts',
    'src/train_file.ts',
    'src/distill_file.ts',
    'src/generate.ts',
    'src/build_model.ts',
    'src/flash_folder.ts',
  ],
  ['src/report'],
  ['src/cli', 'src/index.ts'],
];

function filesUnder(folder: string): string[] {
  const names = readdirSync(path.join(packageRoot, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')));
}

const files = ['src', 'codegen', 'targets'].flatMap(filesUnder);
const text = (file: string) => readFileSync(path.join(packageRoot, file), 'utf8');

function row(file: string): number {
  return flow.findIndex((parts) => parts.some((part) => file === part || file.startsWith(`${part}/`)));
}

test('every file has its place in the flow', () => {
  assert.deepEqual(
    files.filter((file) => row(file) < 0),
    [],
    'add the folder to `flow` above',
  );
});

test('no import runs against the flow', () => {
  const against = files.flatMap((file) =>
    [...text(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].flatMap(([, specifier]) => {
      const imported = path.posix.join(path.posix.dirname(file), specifier!).replace(/\.js$/, '.ts');
      return row(imported) > row(file) ? [`${file} imports ${imported}`] : [];
    }),
  );
  assert.deepEqual(against, []);
});

test('an operator has one name in src/ops, codegen/ops and test/ops', () => {
  const types = allDefinitions()
    .map((d) => d.type as string)
    .filter((type) => type !== 'UNSUPPORTED');
  assert.ok(types.length > 0);
  assert.deepEqual([...emittedTypes()].sort(), [...types].sort());
  const missing = types.flatMap((type) => {
    const name = type.toLowerCase();
    return [`src/ops/${name}.ts`, `codegen/ops/${name}.ts`, `test/ops/${name}.test.ts`].filter(
      (file) => !existsSync(path.join(packageRoot, file)),
    );
  });
  assert.deepEqual(missing, []);
});

test('nothing asks for a board by its name', () => {
  const names = targets.map((t) => t.name).join('|');
  const comparison = new RegExp(
    `[=!]==?\\s*['"](${names})['"]|['"](${names})['"]\\s*[=!]==?|case\\s+['"](${names})['"]`,
  );
  assert.deepEqual(
    files.filter((file) => comparison.test(text(file))),
    [],
  );
});

test('a target is one file of data and its own templates', () => {
  for (const target of targets) {
    assert.ok(existsSync(path.join(packageRoot, `targets/${target.name}.ts`)), target.name);
    for (const folder of target.firmware?.templates ?? ['host']) {
      assert.ok(existsSync(path.join(packageRoot, 'firmware-templates', folder)), folder);
    }
  }
});
