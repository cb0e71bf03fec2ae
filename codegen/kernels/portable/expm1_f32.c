#include <stdint.h>

#include "float_bits.c"

/* y * 2^k by its exponent alone. */
static float crimp_scaled_f32(float y, int32_t k)
{
    return crimp_float_of_bits(crimp_bits_of_float(y) + ((uint32_t)k << 23));
}

/*
 * e^x - 1, bit by bit what expm1f of glibc before 2.41 gives (Sun's fdlibm): x = k * ln 2 + y + c, where c is
 * what y has lost by rounding; float throughout. Products are statements of their own so that no compiler fuses
 * them with the sums.
 */
static float crimp_expm1_f32(float x)
{
    const float size = x < 0.0f ? -x : x;
    float y = x, c = 0.0f, half, square, r1, t, e, product;
    int32_t k = 0;

    if (x != x || size < 2.9802322e-8f) {
        return x;
    }
    if (x > 88.72168f) {
        return crimp_infinity_f32();
    }
    if (x <= -18.714973f) {
        return -1.0f;
    }
    if (size > 0.3465736f) {
        const float sign = x < 0.0f ? -1.0f : 1.0f;
        float high, low;

        product = 1.442695f * x;
        k = size < 1.0397208f ? (int32_t)sign : (int32_t)(product + sign * 0.5f);
        product = (float)k * 0.6931381f;
        high = x - product;
        low = (float)k * 9.058001e-6f;
        y = high - low;
        c = (high - y) - low;
    }
    half = 0.5f * y;
    square = y * half;
    product = square * -2.0109921e-7f;
    product = square * (4.0082177e-6f + product);
    product = square * (-7.9365076e-5f + product);
    product = square * (0.0015873016f + product);
    product = square * (-0.033333335f + product);
    r1 = 1.0f + product;
    product = r1 * half;
    t = 3.0f - product;
    product = y * t;
    e = square * ((r1 - t) / (6.0f - product));
    if (k == 0) {
        product = y * e;
        return y - (product - square);
    }
    product = y * (e - c);
    e = (product - c) - square;
    if (k == -1) {
        product = 0.5f * (y - e);
        return product - 0.5f;
    }
    if (k == 1) {
        product = 2.0f * (y - e);
        return y < -0.25f ? -2.0f * (e - (y + 0.5f)) : 1.0f + product;
    }
    if (k <= -2 || k > 56) {
        return crimp_scaled_f32(1.0f - (e - y), k) - 1.0f;
    }
    t = crimp_scaled_f32(1.0f, -k);
    return crimp_scaled_f32(k < 23 ? (1.0f - t) - (e - y) : (y - (e + t)) + 1.0f, k);
}

/* tanh x, bit by bit what tanhf of glibc before 2.41 gives. */
static float crimp_tanh_f32(float x)
{
    const float size = x < 0.0f ? -x : x;
    float y = 1.0f, t;

    if (x != x || size < 2.7755576e-17f) {
        return x;
    }
    if (size < 1.0f) {
        t = crimp_expm1_f32(-2.0f * size);
        y = -t / (t + 2.0f);
    } else if (size < 22.0f) {
        t = crimp_expm1_f32(2.0f * size);
        y = 1.0f - 2.0f / (t + 2.0f);
    }
    return x < 0.0f ? -y : y;
}
