/* Kernels of tiny_float, written by crimp. Included by tiny_float.c alone. */
#include <stddef.h>
#include <stdint.h>

/* All that is known of a fully connected layer's shape: [batch][inputs] to [batch][outputs]. */
struct tiny_float_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
};

/* Keeps NaN, and the sign of zero. */
static inline float tiny_float_float_clamp(float x, float min, float max)
{
    x = x < min ? min : x;
    return max < x ? max : x;
}

/*
 * Fully connected layer of float32 values. The order of the sums is part of the result: inputs as they come,
 * the bias last; products are statements of their own so that no compiler fuses them with the sum. Weights
 * are [output][input]; bias may be NULL.
 */
static void tiny_float_fully_connected_f32(const float *input, float *output, const float *weights,
                                           const float *bias, const struct tiny_float_fully_connected *shape,
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
            *output++ = tiny_float_float_clamp(sum, activation_min, activation_max);
        }
        input += shape->inputs;
    }
}
