/**
 * FLOOR_MOD of float32 with broadcasting: what is left of a after b is taken from it as often as a whole number says,
 * with b's sign. No number where b is 0. TFLM: kernels/floor_mod.cc, reference/floor_mod.h.
 */
import { invalidFloat32 } from '../numerics/float32_bits.js';
import { binary } from './binary.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type FloorModAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    FLOOR_MOD: FloorModAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'FLOOR_MOD',
  supports: sameDType('float32'),
  value: () => (a, b) => {
    // Exact, and a float32, whatever a and b are.
    const rest = a % b;
    if (Number.isNaN(rest)) return invalidFloat32;
    return rest !== 0 && b < 0 !== rest < 0 ? Math.fround(rest + b) : rest;
  },
});

export { definition as floorMod, parameters as floorModParameters };
