/** What a schema has found in a recipe, as diagnostics: where, which value, and what is taken there. */
import type { z } from 'zod';
import { type Diagnostic, error } from '../diagnostics.js';
import { nearestName as nearest } from '../graph/names.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A zod schema as far as it is looked into here. */
interface Node {
  readonly description?: string;
  readonly def: {
    readonly type: string;
    readonly innerType?: Node;
    readonly element?: Node;
    readonly options?: readonly Node[];
    readonly discriminator?: string;
    readonly shape?: Readonly<Record<string, Node>>;
    readonly values?: readonly unknown[];
  };
}

/** @param value what was parsed, by `schema`; @param file as the user named it, if it is one */
export function problemsOf(
  issues: readonly Issue[],
  value: unknown,
  schema: z.ZodType,
  file?: string,
): Diagnostic[] {
  const root = schema as unknown as Node;
  return issues.flatMap(innermost).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(nodeAt(root, value, issue.path), valueAt(value, issue.path));
      return issue.keys.map((key) => unknownKey([...issue.path, key], key, known, file));
    }
    const found = valueAt(value, issue.path);
    const node = nodeAt(root, value, issue.path);
    const written = found === undefined ? 'is missing' : `is ${shown(found)}`;
    const hint = hintFor(issue, node, found);
    return [error('recipe', written, hint, placed(issue.path, file))];
  });
}

/** Of several forms the one whose kind the value has: what is wrong inside of it says more than that no form fits. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const forms = issue.errors.filter((inner) =>
    inner.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (forms.length !== 1) return [issue];
  return forms[0]!.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

export function placed(path: Path, file?: string) {
  return { file, place: placeOf(path) };
}

/** `steps[2].sparsity` */
export function placeOf(path: Path): string {
  return path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    return place === '' ? String(key) : `${place}.${String(key)}`;
  }, '');
}

function unknownKey(path: Path, key: string, known: readonly string[], file?: string): Diagnostic {
  const near = nearest(key, known);
  const taken = `Known here: ${known.join(', ')}.`;
  return error(
    'recipe',
    `there is no key "${key}"`,
    near ? `Did you mean "${near}"? ${taken}` : taken,
    placed(path, file),
  );
}

function hintFor(issue: Issue, node: Node | undefined, found: unknown): string {
  const names = issue.code === 'invalid_union' ? optionsOf(issue) : namesOf(node);
  const near = typeof found === 'string' && names.length > 0 ? nearest(found, names) : undefined;
  const meant = near ? `Did you mean "${near}"? ` : '';
  if (node?.description) return `${meant}${capitalized(node.description)}.`;
  if (names.length > 0) return `${meant}It takes ${names.join(', ')}.`;
  return `It takes ${node ? kindOf(node) : 'something else'}.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function optionsOf(issue: Issue): string[] {
  const { options } = issue as { options?: readonly unknown[] };
  if (options) return options.map(String);
  const { errors = [] } = issue as { errors?: readonly (readonly Issue[])[] };
  return errors.flat().flatMap((inner) => ('values' in inner ? (inner.values as unknown[]).map(String) : []));
}

function namesOf(node: Node | undefined): string[] {
  const { options } = (node ?? {}) as { options?: readonly unknown[] };
  return (options ?? []).filter((option): option is string => typeof option === 'string');
}

function kindOf({ def }: Node): string {
  if (def.type === 'object') return 'an object';
  if (def.type === 'array') return 'a list';
  if (def.type === 'union') return 'an object';
  return `a ${def.type}`;
}

function keysOf(node: Node | undefined, value: unknown): string[] {
  const form = node?.def.type === 'union' ? formOf(node, value) : node;
  return Object.keys(form?.def.shape ?? {});
}

/** What is taken at the place; of several forms the one that what stands there names, else the object. */
function nodeAt(root: Node, value: unknown, path: Path): Node | undefined {
  const described = (node: Node, outer?: Node): Node =>
    outer?.description && !node.description ? { ...node, description: outer.description } : node;
  const bare = (node: Node): Node => (node.def.innerType ? described(bare(node.def.innerType), node) : node);
  let node: Node | undefined = bare(root);
  path.forEach((key, depth) => {
    if (!node) return;
    if (node.def.type === 'union') node = formOf(node, valueAt(value, path.slice(0, depth)));
    const next: Node | undefined =
      node?.def.type === 'array' ? node.def.element : node?.def.shape?.[key as string];
    node = next && bare(next);
  });
  if (node?.def.type !== 'union') return node;
  // The place itself has several forms; only an object's keys tell which is meant.
  const here = valueAt(value, path);
  return typeof here === 'object' && here !== null && node.def.discriminator ? formOf(node, here) : node;
}

function formOf({ def }: Node, value: unknown): Node | undefined {
  const objects = def.options?.filter((option) => option.def.type === 'object') ?? [];
  const { discriminator } = def;
  if (!discriminator) return objects[0];
  const named = (value as Record<string, unknown> | undefined)?.[discriminator];
  return objects.find((option) => option.def.shape?.[discriminator]?.def.values?.includes(named));
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}

function shown(value: unknown): string {
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
