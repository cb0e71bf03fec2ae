#include <stddef.h>
#include <stdint.h>

#include "svdf.c"

/*
 * One step of a float32 stream; bias may be NULL. The order of the sums is part of the result; products are
 * statements of their own so that no compiler fuses them with the sums. If `activated`, NaN becomes the minimum.
 */
static void crimp_svdf_f32(const float *input, float *output, const float *feature, const float *time,
                           const float *bias, float *state, const struct crimp_svdf *shape, int32_t activated,
                           float min, float max)
{
    for (int32_t b = 0; b < shape->batch; ++b) {
        const float *weights = feature;
        const float *times = time;

        for (int32_t unit = 0; unit < shape->units; ++unit) {
            float sum = bias != NULL ? bias[unit] : 0.0f;

            for (int32_t r = 0; r < shape->rank; ++r) {
                float newest = 0.0f;
                float remembered = 0.0f;

                for (int32_t i = 0; i < shape->inputs; ++i) {
                    const float product = weights[i] * input[i];

                    newest += product;
                }
                for (int32_t i = 0; i < shape->memory; ++i) {
                    float product;

                    state[i] = i + 1 < shape->memory ? state[i + 1] : newest;
                    product = times[i] * state[i];
                    remembered += product;
                }
                sum += remembered;
                weights += shape->inputs;
                times += shape->memory;
                state += shape->memory;
            }
            if (activated) {
                sum = max < sum ? max : sum;
                sum = min < sum ? sum : min;
            }
            *output++ = sum;
        }
        input += shape->inputs;
    }
}
