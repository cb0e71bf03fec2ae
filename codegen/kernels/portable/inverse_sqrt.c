#include <stdint.h>

#include "fixed_point.c"

/* 1 / sqrt(x) = multiplier * 2^(shift - 31). */
struct crimp_inverse_sqrt {
    int32_t multiplier;
    int32_t shift;
};

/* TFLite's inverse square root of an integer from 0, which counts as 1, by five Newton steps in Q3.28. */
static struct crimp_inverse_sqrt crimp_inverse_sqrt_of(int32_t x)
{
    struct crimp_inverse_sqrt result = {INT32_MAX, 0};
    int32_t right = 11;
    int32_t half, root;

    if (x <= 1) {
        return result;
    }
    while (x >= 1 << 29) {
        x >>= 2;
        ++right;
    }
    while (x < 1 << 27) {
        x *= 4;
        --right;
    }
    half = crimp_rounding_divide_by_pot(x >> 1, 1);
    root = 1 << 28;
    for (int32_t i = 0; i < 5; ++i) {
        const int32_t square = crimp_saturating_rounding_doubling_high_mul(root, root);
        const int32_t cube = crimp_saturating_rounding_doubling_high_mul(square, root);
        const int32_t product =
            crimp_saturating_rounding_doubling_high_mul(half, crimp_saturating_left_shift(cube, 6));

        root = crimp_saturating_rounding_doubling_high_mul((1 << 28) + (1 << 27), root) - product;
        root = crimp_saturating_left_shift(root, 3);
    }
    result.multiplier = crimp_saturating_rounding_doubling_high_mul(root, 1518500250);
    if (right < 0) {
        result.multiplier = (int32_t)((uint32_t)result.multiplier << -right);
    } else {
        result.shift = -right;
    }
    return result;
}
