#include <stdint.h>

#include "float_bits.c"

/* The largest whole number that is not above x. From 2^23 on all are whole; zeros keep their sign. */
static float crimp_floor_f32(float x)
{
    float whole;

    if (!(x < 8388608.0f && x > -8388608.0f) || x == 0.0f) {
        return x;
    }
    whole = (float)(int32_t)x;
    return whole > x ? whole - 1.0f : whole;
}

static float crimp_ceil_f32(float x)
{
    return -crimp_floor_f32(-x);
}

/* To the nearest whole number, ties to even ones. */
static float crimp_round_f32(float x)
{
    const float floor = crimp_floor_f32(x);
    const float rest = x - floor;

    if (rest < 0.5f || (rest == 0.5f && ((int32_t)floor & 1) == 0)) {
        return floor;
    }
    return floor + 1.0f;
}
