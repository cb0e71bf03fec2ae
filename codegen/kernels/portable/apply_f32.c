#include <stdint.h>

/* A function of one value, of each value. */
static void crimp_apply_f32(const float *input, float *output, int32_t count, float (*function)(float))
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = function(*input++);
    }
}
