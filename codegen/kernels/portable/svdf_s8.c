#include <stddef.h>
#include <stdint.h>

#include "svdf.c"
#include "svdf_int.c"

/* One step of an int8 stream with int8 state; bias may be NULL. The clamp comes before the zero point, which may wrap. */
static void crimp_svdf_s8(const int8_t *input, int8_t *output, const int8_t *feature, const int8_t *time,
                          const int32_t *bias, int8_t *state, const struct crimp_svdf *shape,
                          const struct crimp_svdf_scales *scales)
{
    const int32_t zero = scales->state_zero_point;

    for (int32_t b = 0; b < shape->batch; ++b) {
        const int8_t *weights = feature;
        const int8_t *times = time;

        for (int32_t unit = 0; unit < shape->units; ++unit) {
            uint32_t sum = bias != NULL ? (uint32_t)bias[unit] : 0u;

            for (int32_t r = 0; r < shape->rank; ++r) {
                const int32_t newest = crimp_svdf_feature(input, weights, shape->inputs, scales);
                const int32_t last = shape->memory - 1;

                for (int32_t i = 0; i < last; ++i) {
                    state[i] = state[i + 1];
                    sum += (uint32_t)((state[i] - zero) * times[i]);
                }
                state[last] = (int8_t)(crimp_clamp(newest, INT8_MIN, INT8_MAX) + zero);
                sum += (uint32_t)((state[last] - zero) * times[last]);
                weights += shape->inputs;
                times += shape->memory;
                state += shape->memory;
            }
            *output++ = crimp_svdf_output(sum, scales);
        }
        input += shape->inputs;
    }
}
