/** Packages that crimp runs without: found beside crimp or in the user's own project, when a verb first needs them. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { environmentError } from '../diagnostics.js';

export interface OptionalPackage {
  /** A file of the package, as `require` names it. */
  readonly file: string;
  /** What it is for: `running a .onnx model beside crimp`. */
  readonly purpose: string;
  /** How to get it. */
  readonly command: string;
}

/** @returns the file's path @throws CrimpError `missing-package`, exit code 3 */
export function resolveOptional({ file, purpose, command }: OptionalPackage): string {
  for (const from of [import.meta.url, path.join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve(file);
    } catch {
      // The next place, or none.
    }
  }
  const name = file
    .split('/')
    .slice(0, file.startsWith('@') ? 2 : 1)
    .join('/');
  const message = `${purpose} takes the package ${name}, which is not installed`;
  throw environmentError('missing-package', message, `Install it: \`${command}\``);
}
