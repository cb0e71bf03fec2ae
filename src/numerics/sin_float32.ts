/**
 * sin and cos as sinf and cosf of glibc (2.28 and later), from Arm's optimized routines (math/sincosf.h): doubles, rounded
 * to float32 once; up to 0.561 ulp. Of all float32, 12 and 22 differ from glibc 2.36, which fuses products and sums where
 * the processor can. Emitted C: kernels/portable/sin_f32.c.
 */
import { bitsOfFloat32, invalidFloat32 } from './float32_bits.js';

/** 4 / π to 192 bits, in steps of 8 bits (math/sincosf_data.c). */
const fourOverPi = [
  0xa2, 0xa2f9, 0xa2f983, 0xa2f9836e, 0xf9836e4e, 0x836e4e44, 0x6e4e4415, 0x4e441529, 0x441529fc, 0x1529fc27,
  0x29fc2757, 0xfc2757d1, 0x2757d1f5, 0x57d1f534, 0xd1f534dd, 0xf534ddc0, 0x34ddc0db, 0xddc0db62, 0xc0db6295,
  0xdb629599, 0x6295993c, 0x95993c43, 0x993c4390, 0x3c439041,
].map(BigInt);

/** x − quadrant · π/2, within ±π/4. */
interface Reduced {
  readonly x: number;
  readonly quadrant: number;
}

/** |x| < 120: one multiply and subtract. */
function reduce(x: number): Reduced {
  const quadrant = (Math.trunc(x * 10680707.430881744) + 0x800000) >> 24;
  return { x: x - quadrant * 1.5707963267948966, quadrant };
}

/** x ≥ 2: its bits times those of 4 / π that matter, modulo 2π in 2.62 fixed point. */
function reduceLarge(x: number): Reduced {
  const bits = bitsOfFloat32(x);
  const at = (bits >> 26) & 15;
  const mantissa = BigInt.asUintN(32, BigInt((bits & 0xffffff) | 0x800000) << BigInt((bits >> 23) & 7));
  const [a, b, c] = [fourOverPi[at]!, fourOverPi[at + 4]!, fourOverPi[at + 8]!];
  const product = ((mantissa * a) << 32n) + mantissa * b + ((mantissa * c) >> 32n);
  const turns = BigInt.asUintN(64, product);
  const quadrant = BigInt.asUintN(64, turns + (1n << 61n)) >> 62n;
  const rest = BigInt.asIntN(64, turns - (quadrant << 62n));
  return { x: Number(rest) * 3.4061215800865545e-19, quadrant: Number(quadrant) };
}

/** sin(x + quadrant · π/2) for |x| ≤ π/4. */
function polynomial({ x, quadrant }: Reduced): number {
  const x2 = x * x;
  let y: number;
  if (quadrant & 1) {
    const x4 = x2 * x2;
    const c2 = -0.001388676379437604 + x2 * 0.000024390450703564542;
    const c1 = 1 + x2 * -0.49999999725108224;
    y = c1 + x4 * 0.041666623324344516 + x4 * x2 * c2;
  } else {
    const x3 = x * x2;
    const s1 = 0.008332178146138854 + x2 * -0.00019517298981385725;
    y = x + x3 * -0.16666654943701084 + x3 * x2 * s1;
  }
  return Math.fround(quadrant & 2 ? -y : y);
}

/**
 * @param x float32
 * @returns float32; NaN for infinities
 */
export function sinFloat32(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -12) return x;
  if (size < 0.75) return polynomial({ x, quadrant: 0 });
  if (size < 120) return polynomial(reduce(x));
  if (!Number.isFinite(x)) return invalidFloat32;
  const y = polynomial(reduceLarge(size));
  return x < 0 ? -y : y;
}

/**
 * @param x float32
 * @returns float32; NaN for infinities
 */
export function cosFloat32(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -12) return 1;
  if (size < 0.75) return polynomial({ x, quadrant: 1 });
  if (!Number.isFinite(x)) return invalidFloat32;
  const { x: rest, quadrant } = size < 120 ? reduce(x) : reduceLarge(size);
  return polynomial({ x: rest, quadrant: quadrant + 1 });
}
