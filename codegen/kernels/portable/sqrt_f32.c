#include <stdint.h>

#include "float_bits.c"

/* The square root, correctly rounded: an integer one of 25 bits, the last of them for rounding. */
static float crimp_sqrt_f32(float x)
{
    int32_t exponent = -127;
    uint32_t bits, root = 0;
    uint64_t square;

    if (!(x > 0.0f)) {
        return x < 0.0f ? crimp_invalid_f32() : x;
    }
    if (x >= crimp_infinity_f32()) {
        return x;
    }
    if (x < 1.1754944e-38f) {
        x *= 16777216.0f;
        exponent -= 24;
    }
    bits = crimp_bits_of_float(x);
    exponent += (int32_t)(bits >> 23);
    square = (uint64_t)((bits & 0x7fffffu) | 0x800000u) << (exponent % 2 == 0 ? 25 : 26);
    for (uint32_t bit = 1u << 24; bit > 0; bit >>= 1) {
        const uint64_t longer = root | bit;

        if (longer * longer <= square) {
            root |= bit;
        }
    }
    return crimp_float_of_bits(((uint32_t)((exponent >> 1) + 126) << 23) + ((root + 1u) >> 1));
}

static float crimp_rsqrt_f32(float x)
{
    return 1.0f / crimp_sqrt_f32(x);
}
