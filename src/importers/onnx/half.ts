/** 16-bit floats as ONNX stores them. IEEE 754 binary16; bfloat16 is the upper half of a float32. */
const bits = new DataView(new ArrayBuffer(4));

/** @param type TensorProto.DataType: 10 float16, 16 bfloat16 */
export function float32FromBits(type: 10 | 16, half: number): number {
  if (type === 16) {
    bits.setUint32(0, (half & 0xffff) << 16);
    return bits.getFloat32(0);
  }
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  // Without exponent there is no leading 1.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
