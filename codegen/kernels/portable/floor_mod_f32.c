#include <stdint.h>

#include "float_bits.c"

/*
 * The exact rest of |a| / |b| by long division of their bits, given those: |a| = m * 2^(e - 150), e at least 1. The
 * divisor is not 0, and both are finite.
 */
static uint32_t crimp_rest_f32(uint32_t a, uint32_t b)
{
    const uint32_t divisor = b < 0x800000u ? b : (b & 0x7fffffu) | 0x800000u;
    uint32_t rest = a < 0x800000u ? a : (a & 0x7fffffu) | 0x800000u;
    uint32_t exponent = a < 0x800000u ? 1u : a >> 23;
    const uint32_t last = b < 0x800000u ? 1u : b >> 23;

    if (a < b) {
        return a;
    }
    rest %= divisor;
    for (; exponent > last; --exponent) {
        rest <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
        }
    }
    while (rest < 0x800000u && exponent > 1u) {
        rest <<= 1;
        --exponent;
    }
    return ((exponent - 1u) << 23) + rest;
}

/* What is left of a after whole multiples of b, with b's sign. */
static float crimp_floor_mod_f32(float a, float b)
{
    const uint32_t bits_a = crimp_bits_of_float(a) & 0x7fffffffu;
    const uint32_t bits_b = crimp_bits_of_float(b) & 0x7fffffffu;
    float rest;

    if (bits_b == 0 || bits_b > 0x7f800000u || bits_a >= 0x7f800000u) {
        return crimp_invalid_f32();
    }
    rest = bits_b == 0x7f800000u
               ? a
               : crimp_float_of_bits(crimp_rest_f32(bits_a, bits_b) | (crimp_bits_of_float(a) & 0x80000000u));
    return rest != 0.0f && (b < 0.0f) != (rest < 0.0f) ? rest + b : rest;
}
