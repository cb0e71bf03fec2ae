/** Names of virtual boards' ports. */
import type { Target } from '../../targets/target.js';

/** What the user types for a target's virtual board: `virtual:pico`. */
export function virtualPort(target: Target): string {
  return `virtual:${target.name}`;
}
