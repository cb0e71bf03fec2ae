/**
 * How a model is fed, as an entry of a .tflite's metadata: `crimp.feeding`, JSON in UTF-8. Other readers pass it over. It is
 * not TFLITE_METADATA, whose meaning is that of other tools.
 */
import type { Graph, Normalization } from '../../graph/graph.js';
import { isNormalization } from '../../graph/normalization.js';

export const feedingName = 'crimp.feeding';

export type Feeding = Pick<Graph, 'normalization' | 'classes' | 'channelsFirst'>;

/** Undefined where a graph says nothing of it. */
export function encodeFeeding({ normalization, classes, channelsFirst }: Feeding): Uint8Array | undefined {
  if (!normalization?.some((own) => own !== null) && !classes && !channelsFirst?.includes(true)) {
    return undefined;
  }
  return new TextEncoder().encode(JSON.stringify({ normalization, classes, channelsFirst }));
}

/** @param channels by input: the length of its last axis @returns undefined for anything that is no feeding of such inputs */
export function decodeFeeding(bytes: Uint8Array, channels: readonly number[]): Feeding | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { normalization, classes, channelsFirst } = parsed as Record<string, unknown>;
  if (normalization !== undefined && !isList(normalization, channels.length)) return undefined;
  if (
    normalization !== undefined &&
    !normalization.every((own, i) => own === null || fits(own, channels[i]!))
  ) {
    return undefined;
  }
  if (classes !== undefined && !(isList(classes) && classes.every((name) => typeof name === 'string'))) {
    return undefined;
  }
  if (
    channelsFirst !== undefined &&
    !(isList(channelsFirst, channels.length) && channelsFirst.every((own) => typeof own === 'boolean'))
  ) {
    return undefined;
  }
  return {
    ...(normalization !== undefined && { normalization: normalization as (Normalization | null)[] }),
    ...(classes !== undefined && { classes: classes as string[] }),
    ...(channelsFirst !== undefined && { channelsFirst: channelsFirst as boolean[] }),
  };
}

function isList(value: unknown, length?: number): value is unknown[] {
  return Array.isArray(value) && (length === undefined || value.length === length);
}

function fits(value: unknown, channels: number): boolean {
  return isNormalization(value) && (value.mean.length === 1 || value.mean.length === channels);
}
