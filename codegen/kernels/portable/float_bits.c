#include <stdint.h>
#include <string.h>

/* A float as its 32 bits, and back. */

static inline uint32_t crimp_bits_of_float(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float crimp_float_of_bits(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float crimp_infinity_f32(void)
{
    return crimp_float_of_bits(0x7f800000u);
}

/* The NaN of an invalid operation on x86. */
static inline float crimp_invalid_f32(void)
{
    return crimp_float_of_bits(0xffc00000u);
}
