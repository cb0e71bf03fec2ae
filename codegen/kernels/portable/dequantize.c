#include <stdint.h>

/* scale * (value - zero point). The integer is exact as a float, so the product is rounded once. */

static void crimp_dequantize_s8(const int8_t *input, float *output, int32_t count, float scale,
                                int32_t zero_point)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = scale * (float)(*input++ - zero_point);
    }
}

static void crimp_dequantize_u8(const uint8_t *input, float *output, int32_t count, float scale,
                                int32_t zero_point)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = scale * (float)(*input++ - zero_point);
    }
}

static void crimp_dequantize_s16(const int16_t *input, float *output, int32_t count, float scale,
                                 int32_t zero_point)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = scale * (float)(*input++ - zero_point);
    }
}
