#include <stdint.h>

#include "softmax_int8.c"

static inline int32_t crimp_leading_zeros(int32_t x)
{
    int32_t zeros = 0;

    while (x > 0 && (x & 0x40000000) == 0) {
        x *= 2;
        ++zeros;
    }
    return zeros + 1;
}

static inline int32_t crimp_shifted_up(int32_t x, int32_t exponent)
{
    return exponent == 0 ? x : crimp_saturating_left_shift(x, exponent);
}

/*
 * log x of a Q12.19 number from 1 up, in Q5.26, as TFLite computes it: x is brought near 2^(-1/4) by a power of
 * sqrt 2, and the log of what remains is a rational function of it.
 */
static int32_t crimp_log_q12(int32_t x)
{
    const int32_t fourth_root_of_half = 1805811301;
    const int32_t root_of_half = 1518500250;
    const int32_t zeros_a = crimp_leading_zeros(x);
    const int32_t zeros_b =
        crimp_leading_zeros(crimp_saturating_rounding_doubling_high_mul(x, root_of_half)) - 1;
    const int32_t a = crimp_saturating_left_shift(
        crimp_saturating_rounding_doubling_high_mul(crimp_shifted_up(x, zeros_a - 1), root_of_half), 1);
    const int32_t b = crimp_shifted_up(x, zeros_b);
    const int32_t power_a = (12 - zeros_a) * (1 << 25) + (1 << 23);
    const int32_t power_b = (12 - zeros_b) * (1 << 25) - (1 << 23);
    const int32_t r = a < b ? a : b;
    const int32_t power = power_a > power_b ? power_a : power_b;
    const int32_t p = (int32_t)(((int64_t)r + fourth_root_of_half + 1) / 2);
    const int32_t q = 2 * (r - fourth_root_of_half);
    const int32_t q2 = crimp_saturating_rounding_doubling_high_mul(q, q);
    const int32_t q3 = crimp_saturating_rounding_doubling_high_mul(q, q2);
    const int32_t numerator = crimp_saturating_rounding_doubling_high_mul(q, r) +
                              crimp_saturating_rounding_doubling_high_mul(q3, 117049297);
    const int32_t factor = 1057819769 + q + crimp_saturating_rounding_doubling_high_mul(127690142, q2);
    const int32_t denominator = crimp_saturating_rounding_doubling_high_mul(p, factor) +
                                crimp_saturating_rounding_doubling_high_mul(638450708, q);
    const int32_t quotient = crimp_saturating_rounding_doubling_high_mul(
        crimp_rounding_divide_by_pot(numerator, 6), crimp_one_over_one_plus_x(denominator));

    return crimp_saturating_left_shift(
        crimp_saturating_rounding_doubling_high_mul(power, 1488522236) + quotient, 1);
}
