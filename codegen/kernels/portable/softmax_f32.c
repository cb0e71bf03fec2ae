#include <stdint.h>
#include <string.h>

/* 2^n, -127 < n < 128. */
static float crimp_power_of_two(int32_t n)
{
    const uint32_t bits = (uint32_t)(n + 127) << 23;
    float power;

    memcpy(&power, &bits, sizeof power);
    return power;
}

/*
 * e^x for x <= 0, every operation rounded to float and none contracted: x = n * ln 2 + r, Taylor to the sixth
 * degree on r. 2^n is applied in two steps, since it may be below the smallest normal number.
 */
static float crimp_exp(float x)
{
    static const float coefficients[7] = {1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f,
                                          0.5f,          1.0f,          1.0f};
    float product, y;
    int32_t n, half;

    if (x < -104.0f) {
        return 0.0f;
    }
    if (x != x) {
        return x;
    }
    product = x * 1.44269502f;
    n = (int32_t)(product - 0.5f);
    product = (float)n * 0.693359375f;
    x -= product;
    product = (float)n * -0.000212194442f;
    x -= product;
    y = coefficients[0];
    for (int32_t i = 1; i < 7; ++i) {
        product = y * x;
        y = product + coefficients[i];
    }
    half = n >> 1;
    y *= crimp_power_of_two(half);
    return y * crimp_power_of_two(n - half);
}

/* Softmax of each row. The exponentials wait in the output. */
static void crimp_softmax_f32(const float *input, float *output, int32_t rows, int32_t depth, float beta)
{
    for (int32_t r = 0; r < rows; ++r) {
        float largest = -3.4028235e38f;
        float sum = 0.0f;

        for (int32_t i = 0; i < depth; ++i) {
            largest = input[i] > largest ? input[i] : largest;
        }
        for (int32_t i = 0; i < depth; ++i) {
            const float difference = input[i] - largest;
            const float exp = crimp_exp(difference * beta);

            output[i] = exp;
            sum += exp;
        }
        for (int32_t i = 0; i < depth; ++i) {
            output[i] /= sum;
        }
        input += depth;
        output += depth;
    }
}
