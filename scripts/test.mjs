// Lint, types, then every test file (or those whose path contains one of the arguments) under node:test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

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
const folder = mkdtempSync(path.join(tmpdir(), 'crimp-tests-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
step(`${files.length} test files`, ['--import', 'tsx', '--test', '--test-concurrency=2', ...processes()]);

/**
 * What node:test is to run, each in a process of its own. Loading crimp takes a second, more than most small files test: those
 * of these folders, which keep nothing in the process that others would notice, share one among a dozen.
 */
function processes() {
  const small = ['codegen', 'compress', 'graph', 'numerics', 'ops', 'passes', 'planner', 'report'];
  const alone = files.filter((file) => !small.includes(file.split(path.sep)[1]));
  const shared = small.flatMap((name) => {
    const members = files.filter((file) => file.split(path.sep)[1] === name);
    const count = Math.ceil(members.length / 12);
    return Array.from({ length: count }, (_, i) => {
      const entry = path.join(folder, `${name}_${i + 1}.test.mjs`);
      const urls = members.filter((_, at) => at % count === i).map((m) => pathToFileURL(path.join(root, m)));
      writeFileSync(entry, urls.map((url) => `import '${url}';\n`).join(''));
      return entry;
    });
  });
  return [...shared, ...alone];
}
