#include <stdint.h>
#include <string.h>

#include "float_bits.c"

/* 2^n, -1023 < n < 1024. */
static double crimp_power_of_two(int32_t n)
{
    const uint64_t bits = (uint64_t)(n + 1023) << 52;
    double power;

    memcpy(&power, &bits, sizeof power);
    return power;
}

/* 2^(i / 32). */
static const double crimp_powers_of_two_32nds[32] = {
    1.0,                1.0218971486541166, 1.0442737824274138, 1.0671404006768237,
    1.0905077326652577, 1.1143867425958924, 1.1387886347566916, 1.1637248587775775,
    1.189207115002721,  1.215247359980469,  1.241857812073484,  1.2690509571917332,
    1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832,
    1.4142135623730951, 1.4451808069770467, 1.4768261459394993, 1.5091644275934228,
    1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965,
    1.681792830507429,  1.718619298122478,  1.7562521603732995, 1.7947090750031072,
    1.8340080864093424, 1.8741676341103,    1.9152065613971474, 1.9571441241754002,
};

/*
 * e^x, bit by bit what expf of glibc and musl gives: x = (n / 32 + r) * ln 2 with |r| <= 1/64, 2^r by a cubic
 * polynomial. In double and rounded to float once; products are statements of their own so that no compiler
 * fuses them with the sums.
 */
static float crimp_exp_f32(float x)
{
    double z, r, product, high, low;
    int32_t n;

    if (x != x) {
        return x;
    }
    if (x < -104.0f) {
        return 0.0f;
    }
    if (x > 88.72283f) {
        return crimp_infinity_f32();
    }
    z = (double)x * 1.4426950408889634;
    product = z * 32.0;
    n = (int32_t)(product + (x < 0.0f ? -0.5 : 0.5));
    product = (double)n * 0.03125;
    r = z - product;
    product = 0.05550361559341535 * r;
    high = product + 0.2402284522445722;
    product = 0.6931471806916203 * r;
    low = product + 1.0;
    product = r * r;
    product = high * product;
    product = (product + low) * crimp_powers_of_two_32nds[n & 31];
    return (float)(product * crimp_power_of_two(n >> 5));
}
