#include <stdint.h>

#include "float_bits.c"

/* The quotient in double, rounded down. From 2^52 on every double is whole. */
static float crimp_floor_div_f32(float a, float b)
{
    const double quotient = (double)a / (double)b;
    double whole;

    if (quotient != quotient) {
        return crimp_invalid_f32();
    }
    if (quotient <= -4503599627370496.0 || quotient >= 4503599627370496.0) {
        return (float)quotient;
    }
    whole = (double)(int64_t)quotient;
    if (whole == quotient) {
        return (float)quotient;
    }
    return (float)(whole > quotient ? whole - 1.0 : whole);
}
