/** What a normalization is made of, wherever it comes from: a flag, a file, a caller. */
import type { Normalization, Tensor } from './graph.js';

/** As many means as standard deviations above 0, also as the float32 that C code has; whatever the value is. */
export function isNormalization(value: unknown): value is Normalization {
  const { mean, std } = (value ?? {}) as Partial<Record<keyof Normalization, unknown>>;
  return (
    isFinites(mean) &&
    isFinites(std) &&
    mean.length === std.length &&
    mean.length > 0 &&
    std.every((s) => Math.fround(s) > 0)
  );
}

function isFinites(list: unknown): list is number[] {
  return Array.isArray(list) && list.every((n) => typeof n === 'number' && Number.isFinite(Math.fround(n)));
}

/** How many means and deviations a tensor can have, beside one for all: one for each index of its last axis. */
export function channelsOf({ shape }: Pick<Tensor, 'shape'>): number {
  return shape.at(-1) ?? 1;
}
