/** What has grown since results.json was written. */
import type { Measurement } from './measure.js';

const watched = ['cycles', 'xipCycles', 'arenaBytes', 'codeBytes', 'firmwareBytes', 'weightsBytes'] as const;

/** Losing more than this share of a figure is a mistake, or has to be meant. */
export const tolerance = 0.02;

/** A line for each figure that is worse by more than the tolerance. */
export function growth(before: Measurement, now: Measurement): string[] {
  return watched.flatMap((key) => {
    const [old, grown] = [before[key] ?? 0, now[key] ?? 0];
    return grown > old * (1 + tolerance) ? [`${now.model} on ${now.target}: ${key} ${old} → ${grown}`] : [];
  });
}
