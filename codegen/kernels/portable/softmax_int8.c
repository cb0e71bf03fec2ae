#include <stdint.h>

#include "fixed_point.c"

/* 1 / (1 + x) for x in [0, 1), Q0.31: three Newton steps from 48/17 - 32/17 * d to 1 / d, d = (1 + x) / 2. */
static int32_t crimp_one_over_one_plus_x(int32_t x)
{
    const int32_t d = (1 << 30) + (x >> 1);
    int32_t r = 1515870810 + crimp_saturating_rounding_doubling_high_mul(d, -1010580540);

    for (int32_t i = 0; i < 3; ++i) {
        const int32_t error = (1 << 29) - crimp_saturating_rounding_doubling_high_mul(d, r);

        r += crimp_saturating_rounding_doubling_high_mul(r, error) * 4;
    }
    return r >= 1 << 30 ? INT32_MAX : r * 2;
}

/* The largest value of one row of a softmax, and what its exponentials are scaled by: scale * 2^-exponent. */
struct crimp_softmax_scaling {
    int32_t largest;
    int32_t scale;
    int32_t exponent;
};

/* The sum of exponentials is Q12.19 and at least 1; its reciprocal is scale, Q0.31, times a power of two. */
static struct crimp_softmax_scaling crimp_softmax_row(const int8_t *input, int32_t depth, const int32_t *exp,
                                                      int32_t exp_count, int32_t output_bits)
{
    struct crimp_softmax_scaling row;
    uint32_t sum = 0;

    row.largest = INT8_MIN;
    for (int32_t i = 0; i < depth; ++i) {
        row.largest = input[i] > row.largest ? input[i] : row.largest;
    }
    for (int32_t i = 0; i < depth; ++i) {
        const int32_t distance = row.largest - input[i];

        if (distance < exp_count) {
            sum += ((uint32_t)exp[distance] + 2048u) >> 12;
        }
    }
    row.exponent = 12 + 31 - output_bits;
    while (sum < 0x80000000u) {
        sum <<= 1;
        --row.exponent;
    }
    row.scale = crimp_one_over_one_plus_x((int32_t)(sum & 0x7fffffffu));
    return row;
}

/* The output above its minimum for an input that is `distance` below the largest. */
static int32_t crimp_softmax_value(const struct crimp_softmax_scaling *row, int32_t distance,
                                   const int32_t *exp, int32_t exp_count)
{
    int32_t value;

    if (distance >= exp_count || row->exponent > 31) {
        return 0;
    }
    value = crimp_saturating_rounding_doubling_high_mul(row->scale, exp[distance]);
    return crimp_rounding_divide_by_pot(value, row->exponent);
}
