/**
 * log as logf of glibc (2.27 and later) and musl, which share Arm's optimized routine (math/logf.c): a table of 16
 * entries and a cubic polynomial in doubles, rounded to float32 once; up to 0.818 ulp. Checked against glibc 2.36 for
 * all float32. Emitted C: kernels/portable/log_f32.c.
 */
import { bitsOfFloat32, float32OfBits, invalidFloat32 } from './float32_bits.js';

/** 1 / c and log c for c close to the middle of each sixteenth of an octave (math/logf_data.c). */
const inverses = new Float64Array([
  1.398907162146528, 1.3403141896637998, 1.286432210124115, 1.2367150214269895, 1.1906977166711752,
  1.1479821020556429, 1.1082251448272158, 1.0711297413057381, 1.036437278977283, 1, 0.9492859795739057,
  0.8951049428609004, 0.8476821620351103, 0.8050314851692001, 0.7664671008843108, 0.731428603316328,
]);
const logarithms = new Float64Array([
  -0.33569133332882284, -0.2929040563774074, -0.2518726580937369, -0.21245868807117255, -0.17453945183745634,
  -0.1380057072319758, -0.10275976698545139, -0.06871392447020525, -0.0357891387398228, 0,
  0.05204517742929496, 0.11081431298787942, 0.1652495223695143, 0.21687389031699977, 0.2659635028121397,
  0.3127556664073557,
]);

/** Where the octave of the table begins, as bits: 0.699. */
const begin = 0x3f330000;
const smallestNormal = 2 ** -126;

/**
 * x = 2^k · z; log x = k · ln 2 + log c + log(z / c).
 *
 * @param x float32
 * @returns float32; −∞ for 0, NaN below
 */
export function logFloat32(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x < 0) return invalidFloat32;
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  const scaled = x < smallestNormal;
  const offset = (bitsOfFloat32(scaled ? x * 2 ** 23 : x) - begin) | 0;
  const k = (offset >> 23) - (scaled ? 23 : 0);
  const z = float32OfBits((offset & 0x7fffff) + begin);
  const entry = (offset >> 19) & 15;
  const r = z * inverses[entry]! - 1;
  const y0 = logarithms[entry]! + k * Math.LN2;
  const r2 = r * r;
  const high = -0.25089342214237154 * r2 + (0.333456765744066 * r + -0.4999997485802103);
  return Math.fround(high * r2 + (y0 + r));
}
