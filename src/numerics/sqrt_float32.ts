/** The square root of a float32, correctly rounded as IEEE 754 asks. Emitted C: kernels/portable/sqrt_f32.c. */
import { invalidFloat32 } from './float32_bits.js';

export function sqrtFloat32(x: number): number {
  return x < 0 ? invalidFloat32 : Math.fround(Math.sqrt(x));
}
