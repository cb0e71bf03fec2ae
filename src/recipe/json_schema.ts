/** The schema of recipes as JSON, for editors: schema/recipe.json. */
import { z } from 'zod';
import { recipeSchema } from './schema.js';

/** JSON holds no functions: a form that is one is left away, and so is a key that takes nothing else. */
const onlyCode = 'x-only-code';

export function recipeJsonSchema(): object {
  const schema = z.toJSONSchema(recipeSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema[onlyCode] = true;
    },
  });
  return withoutCode(schema) as object;
}

function withoutCode(node: unknown): unknown {
  if (Array.isArray(node)) return node.filter((inner) => !isOnlyCode(inner)).map(withoutCode);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([, inner]) => !isOnlyCode(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutCode(inner)]));
}

function isOnlyCode(node: unknown): boolean {
  return typeof node === 'object' && node !== null && onlyCode in node;
}
