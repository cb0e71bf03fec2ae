// Bundles the CLI and the library with esbuild into dist/. Packages stay external; heavy ones are imported
// dynamically by the verb that needs them, and code splitting keeps them out of everyone else's start-up.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const sources = ['src', 'codegen', 'targets', 'package.json', 'scripts/build.mjs'];

/** True when dist/ is newer than every source it is made of. */
export function isFresh() {
  const built = modified(path.join(dist, 'cli.js'));
  return built !== undefined && sources.every((source) => newest(path.join(root, source)) <= built);
}

export async function build() {
  const { build: esbuild } = await import('esbuild');
  const fresh = `${dist}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await esbuild({
      absWorkingDir: root,
      entryPoints: { cli: './src/cli/main.ts', index: './src/index.ts' },
      outdir: fresh,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: true,
      logLevel: 'warning',
    });
    chmodSync(path.join(fresh, 'cli.js'), 0o755);
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function newest(file) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(file)
      .filter((name) => !/\.(c|h)$/.test(name))
      .map((name) => newest(path.join(file, name))),
  );
}

/** dist/types: what programs in TypeScript see of the library. Running needs none of it, so set-up leaves it out. */
function declareTypes() {
  const tsc = path.join('node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '--project', 'tsconfig.types.json'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build();
  declareTypes();
}
