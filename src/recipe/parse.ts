/** Whatever a file or a program says → a recipe with every default in its place, or all that is wrong with it. */
import type { z } from 'zod';
import { CrimpError, type Diagnostic, throwIfErrors } from '../diagnostics.js';
import { checkPlan } from './check.js';
import { problemsOf } from './problems.js';
import { resolveStep } from './resolve.js';
import {
  planSchema,
  type ResolvedPlan,
  type ResolvedRecipe,
  type ResolvedStep,
  recipeSchema,
  stepSchema,
} from './schema.js';

/** Which data a plan may count on. */
export interface KnownData {
  readonly train: boolean;
  readonly validation: boolean;
}

/** @throws CrimpError `recipe` */
export function parsePlan(value: unknown, data: KnownData): ResolvedPlan {
  return parse(value, planSchema, { data });
}

/**
 * @param file as the user named it
 * @param more what else is known to be wrong, once the recipe has its form
 * @throws CrimpError `recipe`
 */
export function parseRecipe(
  value: unknown,
  file?: string,
  more: (recipe: ResolvedRecipe) => Diagnostic[] = () => [],
): ResolvedRecipe {
  const { train, validation } = ((value as Partial<ResolvedRecipe> | null)?.data ?? {}) as Record<
    string,
    unknown
  >;
  const data = { train: train !== undefined, validation: validation !== undefined };
  return parse(value, recipeSchema, { data, file, more });
}

interface Parsing<R> {
  readonly data: KnownData;
  readonly file?: string;
  readonly more?: (result: R) => Diagnostic[];
}

function parse<R extends ResolvedPlan>(
  value: unknown,
  schema: z.ZodType<R>,
  { data, file, more }: Parsing<R>,
): R {
  const parsed = schema.safeParse(value);
  const problems = parsed.success ? [] : problemsOf(parsed.error.issues, value, schema, file);
  // What is at fault in one place does not hide what is in another.
  const { steps, target, measure } = partsOf(value);
  problems.push(...checkPlan({ steps, data }, { target, measure }, file));
  if (parsed.success) problems.push(...(more?.(parsed.data) ?? []));
  throwIfErrors(problems);
  if (!parsed.success) throw new CrimpError(problems);
  const { seed } = parsed.data;
  return { ...parsed.data, steps: parsed.data.steps.map((step) => resolveStep(step, seed)) };
}

interface Parts {
  readonly steps: readonly (ResolvedStep | undefined)[];
  readonly target?: string;
  readonly measure?: boolean;
}

function partsOf(value: unknown): Parts {
  const { steps, target, measure } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    steps: Array.isArray(steps) ? steps.map((step) => stepSchema.safeParse(step).data) : [],
    target: typeof target === 'string' ? target : undefined,
    measure: measure === true,
  };
}
