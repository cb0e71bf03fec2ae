/** SHA-256 of bytes, of files, and of folders as all that is in them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of a folder: of the names and contents of its files, in the order of their names. */
export function sha256OfPath(name: string): string {
  if (!statSync(name).isDirectory()) return sha256Of(readFileSync(name));
  const files = readdirSync(name, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(name, file)).isFile())
    .map((file) => file.split(path.sep).join('/'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0${sha256Of(readFileSync(path.join(name, file)))}\n`);
  return hash.digest('hex');
}
