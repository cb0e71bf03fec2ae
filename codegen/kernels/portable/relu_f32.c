#include <stdint.h>

/* Negative values become 0; NaN and infinity stay. */
static void crimp_relu_f32(const float *input, float *output, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        const float x = *input++;

        *output++ = x < 0.0f ? 0.0f : x;
    }
}
