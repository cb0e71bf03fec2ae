/**
 * What compiling a unit gave earlier in this process. A board's own code is the same for every model, and a search over models
 * or a measurement after each step of a recipe builds many of them.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Project, Unit } from './project.js';

const objects = new Map<string, Uint8Array>();
/** Of a few boards; what hangs on a model's sizes comes and goes. */
const mostObjects = 256;

/** The object compiled by `command` from a unit with this key, if there is one. */
export function cachedObject(key: string): Uint8Array | undefined {
  return objects.get(key);
}

export function cacheObject(key: string, object: Uint8Array): void {
  if (objects.size >= mostObjects) objects.delete(objects.keys().next().value!);
  objects.set(key, object);
}

/**
 * Everything that the unit's object depends on, hashed: the command, and all files that it includes.
 * Undefined for a unit that includes a file not of the project.
 */
export function unitKey(project: Project, unit: Unit, command: readonly string[]): string | undefined {
  const hash = createHash('sha256').update(JSON.stringify(command));
  const seen = new Set<string>();
  const waiting = [unit.source];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const text = project.files.get(name)!;
    hash.update(`${name}\0${text}\0`);
    for (const [, included] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
      const found = [path.posix.dirname(name), ...project.includeFolders]
        .map((folder) => path.posix.join(folder, included!))
        .find((candidate) => project.files.has(candidate));
      if (found === undefined) return undefined;
      waiting.push(found);
    }
  }
  return hash.digest('hex');
}
