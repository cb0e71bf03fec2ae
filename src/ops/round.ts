/** ROUND: to the nearest whole number, ties to even ones. TFLM: kernels/round.cc, reference/round.h. */
import { elementwise } from './elementwise.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type RoundAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    ROUND: RoundAttributes;
  }
}

/** −0.5 and what lies between it and 0 become +0, as TFLM adds 1 to −1; whole numbers stay as they are. */
function roundToNearest(x: number): number {
  const floor = Math.floor(x);
  const rest = Math.fround(x - floor);
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

export const { definition: round, parameters: roundParameters } = elementwise({
  type: 'ROUND',
  float32: () => roundToNearest,
});
