/** A recipe that is a program: bundled with what it imports from its own folder, loaded, and asked for its object. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message, Plugin } from 'esbuild';
import { assetPath } from '../assets.js';
import { CrimpError, type Diagnostic, error, inputError } from '../diagnostics.js';
import { withTemporaryFolder } from '../files.js';
import { sha256Of } from './sha256.js';

export interface LoadedCode {
  /** What its default export is, or gives. */
  readonly value: unknown;
  /** Of the program with all that it imports from its own folder; packages count by their names. */
  readonly sha256: string;
}

/**
 * @param file .ts, .mts, .js or .mjs
 * @throws CrimpError `recipe-code` with every error of compilation, or that of running it
 */
export async function loadCode(file: string): Promise<LoadedCode> {
  const { text, sha256 } = await bundle(file);
  const value = await withTemporaryFolder(async (folder) => {
    const bundled = path.join(folder, 'recipe.mjs');
    writeFileSync(bundled, text);
    return run(bundled, file);
  });
  return { value, sha256 };
}

async function bundle(file: string): Promise<{ text: string; sha256: string }> {
  const { build } = await import('esbuild');
  const packages = new Map<string, string>();
  try {
    const { outputFiles } = await build({
      absWorkingDir: path.dirname(path.resolve(file)),
      entryPoints: [path.resolve(file)],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
      plugins: [packagesStayOutside(packages)],
    });
    const { text } = outputFiles[0]!;
    // Where packages lie differs from machine to machine.
    const portable = [...packages].reduce((code, [url, name]) => code.replaceAll(url, name), text);
    return { text, sha256: sha256Of(portable) };
  } catch (thrown) {
    const { errors } = thrown as { errors?: readonly Message[] };
    if (!errors) throw thrown;
    throw new CrimpError(errors.map((message) => compileError(message, file)));
  }
}

/** Packages are found from the recipe's folder, although the bundle runs elsewhere; crimp is the one that runs. */
function packagesStayOutside(packages: Map<string, string>): Plugin {
  return {
    name: 'packages',
    setup(build) {
      const outside = (file: string, name: string) => {
        const url = pathToFileURL(file).href;
        packages.set(url, name);
        return { path: url, external: true };
      };
      build.onResolve({ filter: /^crimp$/ }, () => outside(assetPath('dist/index.js'), 'crimp'));
      build.onResolve({ filter: /^[^./]/ }, async ({ path: name, kind, resolveDir, pluginData }) => {
        if (pluginData === 'resolving' || kind === 'entry-point' || path.isAbsolute(name)) return undefined;
        const found = await build.resolve(name, { kind, resolveDir, pluginData: 'resolving' });
        if (found.errors.length > 0 || found.external) return found;
        return outside(found.path, name);
      });
    },
  };
}

/** Where JSON is none, which its own parser does not always say. */
export async function jsonErrors(text: string, file: string): Promise<Diagnostic[]> {
  const { transform } = await import('esbuild');
  try {
    await transform(text, { loader: 'json', logLevel: 'silent', sourcefile: path.basename(file) });
    return [];
  } catch (thrown) {
    const { errors = [] } = thrown as { errors?: readonly Message[] };
    return errors.map((message) => ({ ...compileError(message, file), code: 'recipe-json' }));
  }
}

function compileError({ text, location }: Message, file: string): Diagnostic {
  const place = location ? { place: `line ${location.line}, column ${location.column + 1}` } : {};
  // As the user named it: a message may be about a file that the recipe imports.
  const named = location ? path.join(path.dirname(file), location.file) : file;
  return error('recipe-code', text, 'Correct it there.', { file: named, ...place });
}

async function run(bundled: string, file: string): Promise<unknown> {
  let exported: unknown;
  try {
    ({ default: exported } = (await import(pathToFileURL(bundled).href)) as { default?: unknown });
    if (typeof exported === 'function') exported = await exported();
  } catch (thrown) {
    if (thrown instanceof CrimpError) throw thrown;
    const message = `fails: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw inputError('recipe-code', message, 'Correct the program.', { file });
  }
  if (exported === undefined) {
    const hint = 'Write `export default defineRecipe({ … })`, or a function that returns a recipe.';
    throw inputError('recipe-code', 'has no default export', hint, { file });
  }
  return exported;
}
