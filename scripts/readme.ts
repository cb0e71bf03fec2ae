/** Tables of the README that scripts write: each between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../src/files.js';

const file = fileURLToPath(new URL('../README.md', import.meta.url));

/** What stands between the markers now. @throws Error where they are missing */
export function tableInReadme(name: string): string {
  const [, after] = readFileSync(file, 'utf8').split(`<!-- ${name}: begin -->\n`);
  const [table, rest] = after?.split(`\n<!-- ${name}: end -->`) ?? [];
  if (table === undefined || rest === undefined) throw new Error(`README.md has no table ${name}`);
  return table;
}

export function replaceTable(name: string, table: string): void {
  const between = (text: string) => `<!-- ${name}: begin -->\n${text}\n<!-- ${name}: end -->`;
  const old = between(tableInReadme(name));
  replaceFile(
    file,
    readFileSync(file, 'utf8').replace(old, () => between(table)),
  );
}

/** @param align a letter a column: l or r */
export function markdown(
  header: readonly string[],
  align: string,
  rows: readonly (readonly string[])[],
): string {
  const rule = [...align].map((side) => (side === 'r' ? '--:' : '---'));
  return [header, rule, ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
    .replaceAll('| --- ', '|---')
    .replaceAll('| --: ', '|--:')
    .replace(/(---|--:) \|/g, '$1|');
}
