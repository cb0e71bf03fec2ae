/** A float32 as its 32 bits, and back. */

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

export function bitsOfFloat32(x: number): number {
  value[0] = x;
  return bits[0]!;
}

/** @param pattern taken modulo 2^32 */
export function float32OfBits(pattern: number): number {
  bits[0] = pattern;
  return value[0]!;
}

/** The NaN of an invalid operation on x86, where TFLM's answers come from; it has a sign. */
export const invalidFloat32 = float32OfBits(0xffc00000);
