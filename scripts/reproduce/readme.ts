/** The table's place in the README. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../../src/files.js';
import type { Results } from './results.js';
import { formatResults } from './table.js';

const file = fileURLToPath(new URL('../../README.md', import.meta.url));
const begin = '<!-- reproduce: begin -->';
const end = '<!-- reproduce: end -->';

/** What stands between the markers now. @throws Error where they are missing */
export function tableInReadme(): string {
  const [, after] = readFileSync(file, 'utf8').split(`${begin}\n`);
  const [table, rest] = after?.split(`\n${end}`) ?? [];
  if (table === undefined || rest === undefined) throw new Error(`README.md has no ${begin} … ${end}`);
  return table;
}

export function replaceTable(results: Results): void {
  const old = `${begin}\n${tableInReadme()}\n${end}`;
  const now = `${begin}\n${formatResults(results)}\n${end}`;
  replaceFile(
    file,
    readFileSync(file, 'utf8').replace(old, () => now),
  );
}
