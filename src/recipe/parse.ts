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
 * @param more what else is known to be wrong with what has its form
 * @throws CrimpError `recipe`
 */
export function parseRecipe(
  value: unknown,
  file?: string,
  more: (recipe: KnownParts) => Diagnostic[] = () => [],
): ResolvedRecipe {
  const { train, validation } = partsOf(value).data;
  const data = { train: train !== undefined, validation: validation !== undefined };
  return parse(value, recipeSchema, { data, file, more });
}

interface Parsing {
  readonly data: KnownData;
  readonly file?: string;
  readonly more?: (parts: KnownParts) => Diagnostic[];
}

function parse<R extends ResolvedPlan>(
  value: unknown,
  schema: z.ZodType<R>,
  { data, file, more }: Parsing,
): R {
  const parsed = schema.safeParse(value);
  const problems = parsed.success ? [] : problemsOf(parsed.error.issues, value, schema, file);
  // What is at fault in one place does not hide what is in another.
  const parts = partsOf(value);
  const { steps, target, measure } = parts;
  problems.push(...checkPlan({ steps, data }, { target, measure }, file));
  problems.push(...(more?.(parts) ?? []));
  throwIfErrors(problems);
  if (!parsed.success) throw new CrimpError(problems);
  const { seed } = parsed.data;
  return { ...parsed.data, steps: parsed.data.steps.map((step) => resolveStep(step, seed)) };
}

/** As much of a recipe as has its form. */
export interface KnownParts {
  readonly model?: string;
  readonly output?: string;
  readonly target?: string;
  readonly measure?: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly steps: readonly (ResolvedStep | undefined)[];
}

function partsOf(value: unknown): KnownParts {
  const { model, output, target, measure, data, steps } = objectOf(value);
  const text = (given: unknown) => (typeof given === 'string' && given !== '' ? given : undefined);
  return {
    ...{ model: text(model), output: text(output), target: text(target) },
    measure: measure === true,
    data: objectOf(data),
    steps: Array.isArray(steps) ? steps.map((step) => stepSchema.safeParse(step).data) : [],
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
