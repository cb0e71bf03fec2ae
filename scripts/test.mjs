// Lint, types, then every test file (or those whose path contains one of the arguments) under node:test.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const filters = process.argv.slice(2);

function step(name, args) {
  process.stderr.write(`test: ${name}\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const files = readdirSync(path.join(root, 'test'), { recursive: true })
  .map((name) => path.join('test', name))
  .filter(
    (name) => name.endsWith('.test.ts') && (filters.length === 0 || filters.some((f) => name.includes(f))),
  )
  .sort();
if (files.length === 0) {
  process.stderr.write(`test: no test file matches ${filters.join(', ')}\n`);
  process.exit(2);
}

if (filters.length === 0) {
  step('lint and format (biome)', [
    'node_modules/@biomejs/biome/bin/biome',
    'ci',
    '--error-on-warnings',
    '.',
  ]);
  step('types (tsc)', ['node_modules/typescript/bin/tsc', '--noEmit']);
}
step(`${files.length} test files`, ['--import', 'tsx', '--test', '--test-concurrency=2', ...files]);
