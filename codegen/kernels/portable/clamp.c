#include <stdint.h>

#include "fixed_point.c"
#include "float_clamp.c"

/* Values as they are, between a smallest and a largest one. */

static void crimp_clamp_s8(const int8_t *input, int8_t *output, int32_t count, int32_t min, int32_t max)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int8_t)crimp_clamp(*input++, min, max);
    }
}

static void crimp_clamp_s16(const int16_t *input, int16_t *output, int32_t count, int32_t min, int32_t max)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_clamp(*input++, min, max);
    }
}

static void crimp_clamp_f32(const float *input, float *output, int32_t count, float min, float max)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = crimp_float_clamp(*input++, min, max);
    }
}
