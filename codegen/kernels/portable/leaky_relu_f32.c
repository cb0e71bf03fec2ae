#include <stdint.h>

static void crimp_leaky_relu_f32(const float *input, float *output, int32_t count, float alpha)
{
    for (int32_t i = 0; i < count; ++i) {
        const float x = *input++;

        *output++ = x > 0.0f ? x : x * alpha;
    }
}
