#include <stdint.h>

#include "float_bits.c"

static float crimp_abs_f32(float x)
{
    return crimp_float_of_bits(crimp_bits_of_float(x) & 0x7fffffffu);
}

static float crimp_neg_f32(float x)
{
    return -x;
}

static float crimp_square_f32(float x)
{
    return x * x;
}
