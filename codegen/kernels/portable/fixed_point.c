#include <stdint.h>

/* TFLite's and gemmlowp's fixed-point arithmetic, with double rounding. */

/* (a * b + 2^30) >> 31; the one product that does not fit is saturated. */
static inline int32_t crimp_saturating_rounding_doubling_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + 0x40000000) >> 31);
}

/* x / 2^exponent, ties away from zero; 0 <= exponent <= 31. */
static inline int32_t crimp_rounding_divide_by_pot(int32_t x, int32_t exponent)
{
    const int32_t mask = (int32_t)((1u << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);

    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* x * multiplier * 2^(shift - 31), rounded after the multiply and after a right shift. */
static inline int32_t crimp_multiply_by_quantized_multiplier(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t shifted = (int32_t)((uint32_t)x << left);

    return crimp_rounding_divide_by_pot(crimp_saturating_rounding_doubling_high_mul(shifted, multiplier), right);
}

/* The same for a 64-bit x, |x| < 2^47: a multiplier of 16 bits and one rounding; -31 <= shift <= 7. */
static inline int32_t crimp_multiply_by_quantized_multiplier_64(int64_t x, int32_t multiplier, int32_t shift)
{
    const int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;
    const int32_t total = 15 - shift;

    return (int32_t)((x * reduced + ((int64_t)1 << (total - 1))) >> total);
}

/* a * 2^exponent, saturated; 0 < exponent < 31. */
static inline int32_t crimp_saturating_left_shift(int32_t a, int32_t exponent)
{
    const int32_t limit = INT32_MAX >> exponent;

    if (a > limit) {
        return INT32_MAX;
    }
    return a < -limit ? INT32_MIN : (int32_t)((uint32_t)a << exponent);
}

static inline int32_t crimp_clamp(int32_t x, int32_t min, int32_t max)
{
    x = x < min ? min : x;
    return x > max ? max : x;
}
