#include <stddef.h>
#include <stdint.h>

#include "float_clamp.c"
#include "fully_connected.c"

/*
 * Fully connected layer of float32 values. The order of the sums is part of the result: inputs as they come,
 * the bias last; products are statements of their own so that no compiler fuses them with the sum. Weights
 * are [output][input]; bias may be NULL.
 */
static void crimp_fully_connected_f32(const float *input, float *output, const float *weights,
                                      const float *bias, const struct crimp_fully_connected *shape,
                                      float activation_min, float activation_max)
{
    for (int32_t row = 0; row < shape->batch; ++row) {
        for (int32_t channel = 0; channel < shape->outputs; ++channel) {
            const float *filter = weights + channel * shape->inputs;
            float sum = 0.0f;

            for (int32_t i = 0; i < shape->inputs; ++i) {
                const float product = input[i] * filter[i];

                sum += product;
            }
            sum += bias != NULL ? bias[channel] : 0.0f;
            *output++ = crimp_float_clamp(sum, activation_min, activation_max);
        }
        input += shape->inputs;
    }
}
