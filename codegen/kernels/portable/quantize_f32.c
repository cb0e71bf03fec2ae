#include <stdint.h>

#include "fixed_point.c"

/*
 * x / scale rounded (ties away from zero), plus the zero point. Beyond +-65536, where every type is saturated,
 * the quotient is cut so that it fits into an int; NaN counts as the smallest.
 */
static inline int32_t crimp_quantize_value(float x, float scale, int32_t zero_point, int32_t min, int32_t max)
{
    float quotient = x / scale;
    float rest;
    int32_t whole;

    quotient = quotient > -65536.0f ? quotient : -65536.0f;
    quotient = quotient < 65536.0f ? quotient : 65536.0f;
    whole = (int32_t)quotient;
    rest = quotient - (float)whole;
    whole += rest >= 0.5f ? 1 : rest <= -0.5f ? -1 : 0;
    return crimp_clamp(whole + zero_point, min, max);
}

static void crimp_quantize_f32_s8(const float *input, int8_t *output, int32_t count, float scale,
                                  int32_t zero_point)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int8_t)crimp_quantize_value(*input++, scale, zero_point, INT8_MIN, INT8_MAX);
    }
}

static void crimp_quantize_f32_u8(const float *input, uint8_t *output, int32_t count, float scale,
                                  int32_t zero_point)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (uint8_t)crimp_quantize_value(*input++, scale, zero_point, 0, UINT8_MAX);
    }
}

static void crimp_quantize_f32_s16(const float *input, int16_t *output, int32_t count, float scale,
                                   int32_t zero_point)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_quantize_value(*input++, scale, zero_point, INT16_MIN, INT16_MAX);
    }
}
