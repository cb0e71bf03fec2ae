/**
 * exp(x) − 1 and tanh as expm1f and tanhf of glibc before 2.41, from Sun's fdlibm (s_expm1f.c, s_tanhf.c): float32
 * throughout; up to 1 and 2 ulp. Later glibc and other libraries differ by as much. Checked against glibc 2.36 for all
 * float32. Emitted C: kernels/portable/expm1_f32.c.
 */
import { bitsOfFloat32, float32OfBits } from './float32_bits.js';

const f = Math.fround;

/** ln 2 in two parts, 1 / ln 2, and the coefficients of the rational function's series. */
const ln2High = f(6.9313812256e-1);
const ln2Low = f(9.0580006145e-6);
const inverseLn2 = f(1.4426950216);
const series = [-2.0109921195e-7, 4.0082177293e-6, -7.936507609e-5, 1.5873016091e-3, -3.3333335072e-2].map(f);

/** ln 2 · (1/2, 3/2, 27), and the largest x whose result is finite. */
const halfLn2 = float32OfBits(0x3eb17218);
const oneAndHalfLn2 = float32OfBits(0x3f851592);
const ln2Times27 = float32OfBits(0x4195b844);
const overflow = f(8.8721679688e1);

/** y · 2^k by its exponent alone. */
function scaled(y: number, k: number): number {
  return float32OfBits(bitsOfFloat32(y) + k * 2 ** 23);
}

/**
 * @param given float32
 * @returns float32
 */
export function expm1Float32(given: number): number {
  if (Number.isNaN(given)) return given;
  if (given > overflow) return Number.POSITIVE_INFINITY;
  if (given <= -ln2Times27) return -1;
  const size = Math.abs(given);
  if (size < 2 ** -25) return given;
  // given = k · ln 2 + x + c, where c is what x has lost by rounding.
  let [x, c, k] = [given, 0, 0];
  if (size > halfLn2) {
    const sign = given < 0 ? -1 : 1;
    k = size < oneAndHalfLn2 ? sign : Math.trunc(f(f(inverseLn2 * given) + sign * 0.5));
    const high = f(given - f(k * ln2High));
    const low = f(k * ln2Low);
    x = f(high - low);
    c = f(f(high - x) - low);
  }
  const half = f(0.5 * x);
  const square = f(x * half);
  const r1 = f(1 + f(square * series.reduce((sum, q) => f(q + f(square * sum)), 0)));
  const t = f(3 - f(r1 * half));
  let e = f(square * f(f(r1 - t) / f(6 - f(x * t))));
  if (k === 0) return f(x - f(f(x * e) - square));
  e = f(f(f(x * f(e - c)) - c) - square);
  if (k === -1) return f(f(0.5 * f(x - e)) - 0.5);
  if (k === 1) return x < -0.25 ? f(-2 * f(e - f(x + 0.5))) : f(1 + f(2 * f(x - e)));
  if (k <= -2 || k > 56) return f(scaled(f(1 - f(e - x)), k) - 1);
  const shifted = 2 ** -k;
  return scaled(k < 23 ? f(f(1 - shifted) - f(e - x)) : f(f(x - f(e + shifted)) + 1), k);
}

/**
 * @param x float32
 * @returns float32
 */
export function tanhFloat32(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size < 2 ** -55) return x;
  let y = 1;
  if (size < 1) {
    const t = expm1Float32(-2 * size);
    y = f(-t / f(t + 2));
  } else if (size < 22) y = f(1 - f(2 / f(expm1Float32(2 * size) + 2)));
  return x < 0 ? -y : y;
}
