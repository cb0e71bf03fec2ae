/**
 * Kernels as C text: reads files under codegen/kernels, takes the definitions that a model reaches, and nothing
 * else, and renames `crimp_` to the model's prefix so that several models can live in one program.
 *
 * A kernel file is plain C in a fixed form: `#include`s, then definitions that start and end in column 0, each
 * with the comment that stands right above it. Every name that another definition may use begins with `crimp_`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assetPath } from '../src/assets.js';

const folder = 'codegen/kernels';

interface Definition {
  /** `crimp_conv_2d_s8`; `struct crimp_pair` for a structure, since C keeps those names apart. */
  readonly name: string;
  readonly text: string;
  readonly uses: readonly string[];
}

interface KernelFile {
  readonly systemIncludes: readonly string[];
  readonly includes: readonly string[];
  readonly definitions: readonly Definition[];
}

export interface KernelCode {
  /** `stdint.h`, sorted. */
  readonly systemIncludes: readonly string[];
  /** Definitions, each after what it uses; still under their `crimp_` names. */
  readonly definitions: readonly string[];
}

const cache = new Map<string, KernelFile>();

/** @param name relative to codegen/kernels: `portable/conv_2d_s8.c` */
function readKernelFile(name: string): KernelFile {
  const known = cache.get(name);
  if (known) return known;
  const file = parseKernelFile(readFileSync(assetPath(path.posix.join(folder, name)), 'utf8'), name);
  cache.set(name, file);
  return file;
}

export function parseKernelFile(text: string, name: string): KernelFile {
  const systemIncludes: string[] = [];
  const includes: string[] = [];
  const definitions: Definition[] = [];
  let comment: string[] = [];
  let body: string[] | undefined;
  let inComment = false;
  for (const line of text.split('\n')) {
    if (body) {
      body.push(line);
    } else if (inComment || line.startsWith('/*') || line.startsWith('//')) {
      if (!inComment && !line.startsWith('//')) comment = [];
      comment.push(line);
      inComment = line.startsWith('//') ? inComment : !line.includes('*/');
      continue;
    } else if (line.trim() === '') {
      comment = [];
      continue;
    } else if (line.startsWith('#')) {
      comment = [];
      const include = /^#include\s+(?:<(.+)>|"(.+)")/.exec(line);
      if (!include) throw new Error(`kernels/${name}: only #include is understood, not "${line}"`);
      if (include[1]) systemIncludes.push(include[1]);
      else includes.push(path.posix.join(path.posix.dirname(name), include[2]!));
      continue;
    } else {
      body = [line];
    }
    if (!/^\}.*$|^\S.*;$/.test(line) || (line.startsWith('}') && line.endsWith('{'))) continue;
    const code = body.join('\n');
    const own = /^struct crimp_\w+(?= \{)/.exec(code)?.[0] ?? /\b(crimp_\w+)\s*(?:\(|\[|=|;)/.exec(code)?.[1];
    if (!own) throw new Error(`kernels/${name}: a definition without a crimp_ name: "${body[0]}"`);
    const uses = [...new Set(code.match(/\b(struct )?crimp_\w+/g))].filter((used) => used !== own);
    definitions.push({ name: own, text: [...comment, ...body].join('\n'), uses });
    body = undefined;
    comment = [];
  }
  if (body) throw new Error(`kernels/${name}: the last definition does not end in column 0`);
  return { systemIncludes, includes, definitions };
}

/**
 * The definitions that `wanted` (names with `crimp_`) reach in `sources` and in what those include.
 * Throws when one is missing, which is a mistake in a kernel's `sources`.
 */
export function collectKernels(sources: Iterable<string>, wanted: Iterable<string>): KernelCode {
  const files = new Map<string, KernelFile>();
  const visit = (name: string) => {
    if (files.has(name)) return;
    const file = readKernelFile(name);
    files.set(name, file);
    file.includes.forEach(visit);
  };
  for (const name of sources) visit(name);

  const byName = new Map<string, Definition>();
  const fileOf = new Map<Definition, KernelFile>();
  for (const file of files.values()) {
    for (const definition of file.definitions) {
      byName.set(definition.name, definition);
      fileOf.set(definition, file);
    }
  }
  const taken = new Set<string>();
  const systemIncludes = new Set<string>();
  const ordered: string[] = [];
  const take = (name: string, mustExist: boolean) => {
    const definition = byName.get(name) ?? byName.get(`struct ${name}`);
    if (!definition) {
      if (mustExist)
        throw new Error(`no kernel source among ${[...files.keys()].join(', ')} defines ${name}`);
      return;
    }
    if (taken.has(definition.name)) return;
    taken.add(definition.name);
    for (const include of fileOf.get(definition)!.systemIncludes) systemIncludes.add(include);
    for (const used of definition.uses) take(used, false);
    ordered.push(definition.text);
  };
  for (const name of wanted) take(name, true);

  return { systemIncludes: [...systemIncludes].sort(), definitions: ordered };
}

/**
 * Renames `crimp_` to the prefix. Lines that stood under an open parenthesis still do, though the name before it
 * has another length.
 */
export function rename(text: string, prefix: string): string {
  const renamed = (part: string) => part.replace(/\bcrimp_/g, `${prefix}_`);
  const open: { readonly before: number; readonly after: number }[] = [];
  let inComment = false;
  return text
    .split('\n')
    .map((line) => {
      const body = line.trimStart();
      const indent = line.length - body.length;
      if (inComment || body.startsWith('/*')) {
        inComment = !body.includes('*/');
        return renamed(line);
      }
      const above = open.at(-1);
      const moved = above && indent === above.before + 1 ? above.after + 1 : indent;
      for (let i = 0; i < body.length; i++) {
        if (body[i] === '(')
          open.push({ before: indent + i, after: moved + renamed(body.slice(0, i)).length });
        else if (body[i] === ')') open.pop();
      }
      return ' '.repeat(moved) + renamed(body);
    })
    .join('\n');
}
