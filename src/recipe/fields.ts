/** The kinds of values that a recipe's keys take, each with words for editors and diagnostics. */
import { z } from 'zod';

export const positive = (what: string) => z.number().positive().describe(`${what}: above 0`);

export const fromZero = (what: string) => z.number().min(0).describe(`${what}: 0 or more`);

/** Below 1: all of something is no share to take. */
export const shareBelowOne = (what: string) => z.number().min(0).lt(1).describe(`${what}: from 0 to below 1`);

export const share = (what: string) => z.number().min(0).max(1).describe(`${what}: from 0 to 1`);

export const whole = (what: string) => z.int().positive().describe(`${what}: a positive whole number`);

export const integer = (what: string) => z.int().describe(`${what}: a whole number`);

export const flag = (what: string) => z.boolean().describe(`${what}: true or false`);

export const choice = <const T extends readonly [string, ...string[]]>(what: string, names: T) =>
  z.enum(names).describe(`${what}: ${names.join(', ')}`);

export const file = (what: string) => z.string().min(1).describe(`${what}: a path, from the recipe’s folder`);

/** Only a recipe in TypeScript or JavaScript can hold one. */
export const code = <F extends (...given: never[]) => unknown>() =>
  z.custom<F>((value) => typeof value === 'function');
