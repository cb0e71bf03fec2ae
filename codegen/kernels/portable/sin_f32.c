#include <stdint.h>

#include "float_bits.c"

/* 4 / pi to 192 bits, in steps of 8 bits. */
static const uint32_t crimp_four_over_pi[24] = {
    0x000000a2u, 0x0000a2f9u, 0x00a2f983u, 0xa2f9836eu, 0xf9836e4eu, 0x836e4e44u, 0x6e4e4415u, 0x4e441529u,
    0x441529fcu, 0x1529fc27u, 0x29fc2757u, 0xfc2757d1u, 0x2757d1f5u, 0x57d1f534u, 0xd1f534ddu, 0xf534ddc0u,
    0x34ddc0dbu, 0xddc0db62u, 0xc0db6295u, 0xdb629599u, 0x6295993cu, 0x95993c43u, 0x993c4390u, 0x3c439041u,
};

/* x as an angle within +-pi/4 and a number of quarter turns. */
struct crimp_angle {
    double x;
    int32_t quadrant;
};

/* |x| < 120: one multiply and subtract. */
static struct crimp_angle crimp_reduce(double x)
{
    struct crimp_angle angle;
    double product = x * 10680707.430881744;

    angle.quadrant = ((int32_t)product + 0x800000) >> 24;
    product = (double)angle.quadrant * 1.5707963267948966;
    angle.x = x - product;
    return angle;
}

/* x >= 2: its bits times those of 4 / pi that matter, modulo 2 pi in 2.62 fixed point. */
static struct crimp_angle crimp_reduce_large(float x)
{
    const uint32_t bits = crimp_bits_of_float(x);
    const uint32_t *digits = crimp_four_over_pi + ((bits >> 26) & 15u);
    const uint32_t mantissa = ((bits & 0xffffffu) | 0x800000u) << ((bits >> 23) & 7u);
    uint64_t turns = (uint64_t)(mantissa * digits[0]) << 32;
    struct crimp_angle angle;

    turns += (uint64_t)mantissa * digits[4] + (((uint64_t)mantissa * digits[8]) >> 32);
    angle.quadrant = (int32_t)((turns + ((uint64_t)1 << 61)) >> 62);
    turns -= (uint64_t)angle.quadrant << 62;
    angle.x = (double)(int64_t)turns * 3.4061215800865545e-19;
    return angle;
}

/* sin(x + quadrant * pi/2), rounded once; no compiler fuses products that are statements of their own. */
static float crimp_sin_polynomial(double x, int32_t quadrant)
{
    const double x2 = x * x;
    double y, product, inner, outer;

    if (quadrant & 1) {
        const double x4 = x2 * x2;

        product = x2 * 0.000024390450703564542;
        inner = -0.001388676379437604 + product;
        product = x2 * -0.49999999725108224;
        outer = 1.0 + product;
        product = x4 * 0.041666623324344516;
        outer = outer + product;
        product = x4 * x2 * inner;
    } else {
        const double x3 = x * x2;

        product = x2 * -0.00019517298981385725;
        inner = 0.008332178146138854 + product;
        product = x3 * -0.16666654943701084;
        outer = x + product;
        product = x3 * x2 * inner;
    }
    y = outer + product;
    return (float)(quadrant & 2 ? -y : y);
}

/* sin x, bit by bit what sinf of glibc gives. */
static float crimp_sin_f32(float x)
{
    const float size = x < 0.0f ? -x : x;
    struct crimp_angle angle = {(double)x, 0};
    float y;

    if (size < 0.00024414062f) {
        return x;
    }
    if (!(size < crimp_infinity_f32())) {
        return crimp_invalid_f32();
    }
    if (size >= 120.0f) {
        angle = crimp_reduce_large(size);
        y = crimp_sin_polynomial(angle.x, angle.quadrant);
        return x < 0.0f ? -y : y;
    }
    if (size >= 0.75f) {
        angle = crimp_reduce(angle.x);
    }
    return crimp_sin_polynomial(angle.x, angle.quadrant);
}

/* cos x, bit by bit what cosf of glibc gives. */
static float crimp_cos_f32(float x)
{
    const float size = x < 0.0f ? -x : x;
    struct crimp_angle angle = {(double)x, 0};

    if (size < 0.00024414062f) {
        return 1.0f;
    }
    if (!(size < crimp_infinity_f32())) {
        return crimp_invalid_f32();
    }
    if (size >= 0.75f) {
        angle = size < 120.0f ? crimp_reduce(angle.x) : crimp_reduce_large(size);
    }
    return crimp_sin_polynomial(angle.x, angle.quadrant + 1);
}
