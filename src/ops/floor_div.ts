/**
 * FLOOR_DIV of float32 with broadcasting: the quotient in double, rounded down. Where TFLM stops at a division by 0, it
 * is an infinity or no number. TFLM: kernels/floor_div.cc, reference/floor_div.h.
 */
import { invalidFloat32 } from '../numerics/float32_bits.js';
import { binary } from './binary.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type FloorDivAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    FLOOR_DIV: FloorDivAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'FLOOR_DIV',
  supports: sameDType('float32'),
  value: () => (a, b) => {
    const floor = Math.floor(a / b);
    return Number.isNaN(floor) ? invalidFloat32 : floor;
  },
});

export { definition as floorDiv, parameters as floorDivParameters };
